import { counted } from './counted.ts'

// What is said on a connection’s page of orders that go into it.

export const pushTexts = {
  target: 'Where orders go',
  targetSay: 'The orders of every channel go to one POS.',
  here: 'Orders go here',
  notHere: 'Orders do not go here',
  hereSay: 'New orders are put into this POS as soon as they are handed in.',
  hereHeld: 'New orders wait here until somebody pushes each of them.',
  elsewhere: (name: string) => `Orders go to ${name} now.`,
  nowhere: 'No POS takes orders yet; they stay in the hub.',
  start: 'Send orders here',
  startTitle: (name: string) => `Send orders to ${name}?`,
  startSay: 'From now on new orders go there. Orders that were handed in before stay where they are.',
  startMoves: (name: string) => `They then go to ${name} no more.`,
  notices: 'Know this first',
  started: 'Orders go here from now on.',
  notStarted: 'Orders could not be sent here',
  stop: 'Send orders here no more',
  stopTitle: (name: string) => `Send no more orders to ${name}?`,
  stopSay: 'New orders stay in the hub then. The connection, its sales and the history of orders stay.',
  stopped: 'No more orders go here.',
  notStopped: 'This could not be stopped',
  signIn: 'The sign-in has ended: orders wait until somebody signs in again.',
  facts: {
    last: 'Last order in the POS',
    errors: 'Tries that went wrong since',
    lastError: 'Last failure',
    since: 'Orders go here since',
    never: 'none yet',
  },
  statistics: 'Statistics',
  list: 'The orders',
  failedTitle: 'Where orders go could not be read',

  wishes: 'How they are put in',
  auto: 'Put new orders in by themselves',
  autoHint: 'Else each waits until somebody presses “Push now” on its page.',
  customer: 'Tell the POS the customer’s phone and e-mail',
  customerHint: 'The name goes along in any case, so that the order can be called out.',
  save: 'Save',
  saved: 'Saved.',
  notSaved: 'This was not accepted',

  items: 'What items stand for',
  itemsSay: {
    by_name: 'An item that stands for no article of this POS goes by its name and moves no stock.',
    refused: 'An order with an item that stands for no article of this POS is refused.',
  },
  itemsMapped: (n: number) => `${counted(n, 'item', 'items')} of your own ids are mapped for every channel.`,
  itemsOpen: 'Open the item mapping',

  test: 'Try the way',
  testSay:
    'Puts an order in that is marked as a test and costs next to nothing, and takes it back where the POS allows that.',
  testNeeds: 'Send orders here first.',
  testSite: 'Site',
  testGo: 'Send a test order',
  tested: 'The test order is on its way.',
  testFailed: 'No test order could be sent',
  testOpen: 'Look at the test order',
}
