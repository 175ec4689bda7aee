import { conforms } from '../conformance/conforms.ts'
import { square } from './connector.ts'
import { squareStage } from './test-stage.ts'

conforms(square, { stage: squareStage })
