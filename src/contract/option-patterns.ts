/** What options and the variables of a worker must match. */
export const BUCKET_NAME = /^[\w.-]{1,255}$/;
export const ACCOUNT_ID = /^\d{12}$/;
/** Without blanks at the ends, and nothing that cannot be shown. */
export const OWNER = /^(?!\s)[^\p{C}]{1,255}(?<!\s)$/u;
