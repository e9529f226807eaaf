/**
 * Keeps one warning out of the output of a command: the AWS SDK tells on Node 20, in seven lines, that versions of 2027
 * will need Node 22. The SDK has this switch for it; every other warning is shown. Who set the switch keeps it.
 */
export function silenceNodeVersionWarning(): void {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
}
