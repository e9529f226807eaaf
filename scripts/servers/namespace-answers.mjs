import { connect } from 'node:http2';

const TIMEOUT_MS = 2_000;
const DESCRIBE_NAMESPACE = '/temporal.api.workflowservice.v1.WorkflowService/DescribeNamespace';

/**
 * Asks the server for its namespace, as every worker does first: an open port alone proves little. One gRPC call by
 * hand, because the SDK's client is not installed yet when set-up scripts are loaded.
 *
 * @param {string} address
 * @param {string} namespace
 * @returns {Promise<boolean>}
 */
export function namespaceAnswers(address, namespace) {
  return new Promise((resolve) => {
    const session = connect(`http://${address}`);
    const answer = (/** @type {boolean} */ isThere) => {
      clearTimeout(timer);
      session.destroy();
      resolve(isThere);
    };
    const timer = setTimeout(() => answer(false), TIMEOUT_MS);
    session.on('error', () => answer(false));

    const headers = {
      ':method': 'POST',
      ':path': DESCRIBE_NAMESPACE,
      'content-type': 'application/grpc',
      te: 'trailers',
    };
    const call = session.request(headers);
    let status = '';
    call.on('response', (received) => (status = String(received['grpc-status'] ?? ''))); // an answer without a body
    call.on('trailers', (received) => (status = String(received['grpc-status'] ?? '')));
    call.on('error', () => answer(false));
    call.on('end', () => answer(status === '0'));
    call.resume();
    call.end(encodeRequest(namespace));
  });
}

/**
 * `DescribeNamespaceRequest { namespace = 1 }` as a gRPC frame: no compression, length, message.
 *
 * @param {string} namespace of less than 128 bytes
 * @returns {Buffer}
 */
function encodeRequest(namespace) {
  const text = Buffer.from(namespace);
  const message = Buffer.from([0x0a, text.length, ...text]);
  return Buffer.from([0, 0, 0, 0, message.length, ...message]);
}
