export const NOTICE_FAULTS = {
  'task.missing': 'There is no task with the id that was given in this tenant.',
  'task.settled': 'The task is settled already.',
  'task.assignee': 'The person that a task was to be given to is not a member of this tenant.',
  'notice.person-needed': 'Notices are read by people; a key has none of its own.',
  'notice.phone': 'The phone number is not one as it is dialled from abroad, such as +4915112345678.',
  'notice.phone-agreement': 'Nobody is written to by WhatsApp who has not agreed to it.',
  'notice.way-off': 'The way of telling that was asked for is not set up on this hub.',
} as const

export type NoticeFaultCode = keyof typeof NOTICE_FAULTS
