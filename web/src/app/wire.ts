import type { components, paths } from './api.gen.d.ts'

// What the hub answers, under the names that this dashboard uses. Everything comes from the OpenAPI document; this file
// only says which of its shapes are meant, so that a change of the document is met in one place.

type Schemas = components['schemas']
type Answer<Operation> = Operation extends { readonly responses: { readonly 200: infer Found } }
  ? Found extends { readonly content: { readonly 'application/json': infer Body } }
    ? Body
    : never
  : never

export type Money = Schemas['Money']
export type Page<T> = { readonly data: readonly T[]; readonly next_cursor: string | null }

export type Me = Answer<paths['/api/v1/auth/me']['get']>
export type TenantSummary = Me['tenants'][number]
export type LinkAnswer = Answer<paths['/api/v1/auth/link']['post']>

export type Site = Schemas['Site']
export type SiteInput = Omit<Site, 'id' | 'slug'>

export type Sale = Schemas['Sale']
export type SaleItem = Sale['items'][number]
export type SaleStatus = Sale['status']
export type SaleDetail = Answer<paths['/api/v1/tenants/{tenant_id}/pos/transactions/{sale_id}']['get']>
export type SaleSource = SaleDetail['sources'][number]
export type Revision = SaleDetail['revisions'][number]

export type Import = Schemas['Import']
export type ImportState = Import['state']
export type FileDetection = Schemas['FileDetection']
export type FileChoices = FileDetection['choices']
export type FileColumn = FileDetection['columns'][number]
export type ColumnRole = FileColumn['role']
export type FileNote = FileDetection['notes'][number]
export type ImportTable = Import['tables'][number]
export type ImportCheck = NonNullable<Import['check']>
export type CheckDay = ImportCheck['days'][number]
export type ImportMapping = Schemas['ImportMapping']
export type PreviewSale = Schemas['PreviewSale']
export type Rejection = Schemas['ImportRejection']

export type Connection = Schemas['Configuration']
export type Member = Schemas['Member']
export type ApiKey = Schemas['ApiKey']
export type NewApiKey = Schemas['NewApiKey']

export type ConnectionPlace = Schemas['ConnectionPlace']
export type FirstFigures = Schemas['FirstFigures']
export type BookFigures = FirstFigures['theirs'][number]
export type Sync = Schemas['Sync']
export type SyncState = Sync['state']
export type SyncMode = Sync['mode']
export type SyncStatus = Answer<paths['/api/v1/tenants/{tenant_id}/pos/configurations/{config_id}/sync/status']['get']>
export type SyncDetail = Answer<
  paths['/api/v1/tenants/{tenant_id}/pos/configurations/{config_id}/syncs/{sync_id}']['get']
>
export type WebhookStatus = Schemas['WebhookStatus']
export type WebhookDelivery = Schemas['WebhookDelivery']
export type WebhookDeliveryDetail = Schemas['WebhookDeliveryDetail']
export type RecordTroubles = Schemas['RecordTroubles']
export type Ended = Answer<paths['/api/v1/tenants/{tenant_id}/pos/configurations/{config_id}']['delete']>

export type PosSystem = Schemas['PosSystem']
export type Health = Schemas['ConnectionsHealth']
export type ConnectionHealth = Schemas['ConnectionHealth']

export type OrderLine = Schemas['OrderLine']
export type Order = Schemas['Order']
export type OrderDetail = Schemas['OrderDetail']
export type OrderItem = Order['items'][number]
export type OrderState = OrderLine['progress']
export type OrderHistoryEntry = OrderDetail['history'][number]
export type OrderPush = Schemas['OrderPush']
export type Push = Schemas['Push']
export type PushStatus = Push['status']
export type PushTimeline = Schemas['PushTimeline']
export type PushAttempt = PushTimeline['attempts_made'][number]
export type PushCall = PushAttempt['calls'][number]
export type PushRehearsal = Schemas['PushRehearsal']
export type PushRemark = PushRehearsal['warnings'][number]
export type PushStatistics = Schemas['PushStatistics']
export type PushIntegration = Schemas['PushIntegration']

export type Channel = Schemas['Channel']
export type ItemMapping = Schemas['ItemMapping']
export type ItemMappingState = ItemMapping['state']
export type ItemMappingChange = Schemas['ItemMappingChange']
export type ItemPreflight = Schemas['ItemPreflight']
export type ItemSide = Schemas['ChannelItemSide']
export type PosItemSide = Schemas['PosItemSide']

export type Task = Schemas['Task']
export type Notice = Schemas['Notice']
export type NoticePreferences = Schemas['NoticePreferences']
export type NoticeKind = Notice['kind']
export type NoticeWay = Schemas['NoticeWay']

export type FiguresRequest = Schemas['FiguresRequestInput']
export type Comparison = NonNullable<FiguresRequest['compare']>
export type Figures = Schemas['Figures']
export type FiguresBlock = Schemas['FiguresBlock']
export type Coverage = Schemas['Coverage']
export type Summary = FiguresBlock['summary']
export type Growth = NonNullable<FiguresBlock['growth']>
export type Change = Growth['total_revenue']
export type TrendDay = FiguresBlock['daily_trend'][number]
export type ItemFigure = FiguresBlock['top_items'][number]
export type HourFigure = FiguresBlock['hours'][number]
