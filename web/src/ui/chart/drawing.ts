import { BarChart, LineChart } from 'echarts/charts'
import { AriaComponent, GridComponent, MarkAreaComponent, TooltipComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

// The drawing library, cut down to what our charts use, in a file of its own that is fetched when the first is shown.

use([LineChart, BarChart, GridComponent, TooltipComponent, AriaComponent, MarkAreaComponent, SVGRenderer])

export { init }
