// Where people stand: in what is pushed (the body as each contract has it) and in what the system tells. The address that
// an order's own callbacks go to is here too: its query holds a word by which one may speak of that order.

const CUSTOMER = 'orderinfo.OrderInfo.Customer'
const DETAILS = 'orderinfo.OrderInfo.Order.details'

export const ORDER_PERSONAL: readonly string[] = [
  ...['customer', 'note', 'items.note', 'callback_url', 'table_no', 'payment.reference'],
  ...[CUSTOMER, `${DETAILS}.description`, `${DETAILS}.callback_url`, `${DETAILS}.otp`],
  'orderinfo.OrderInfo.OrderItem.details.description',
  ...['order.details.instructions', 'order.details.callback_url', 'order.items.instructions'],
]

export const STATUS_PERSONAL: readonly string[] = [
  ...['rider', 'rider_name', 'rider_phone_number', 'rider_phone', 'extra', 'additional_info'],
  ...['reason', 'cancel_reason', 'message', 'customer'],
]
