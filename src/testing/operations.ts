import * as memorydb from './memorydb-wire';
import { type S3Input, type S3OperationName, isS3OperationName, s3OperationNames } from './s3-wire';

/** The operations that the simulator knows. */
export type OperationName = memorydb.OperationName | S3OperationName;
/** What an operation takes; of S3, what stands in the address and the headers. */
export type InputOf<O extends OperationName> = O extends memorydb.OperationName ? memorydb.InputOf<O> : S3Input;

/** The operations that the simulator knows, by name. */
export const operationNames: readonly OperationName[] = [...memorydb.operationNames, ...s3OperationNames];

/** Whether the simulator knows an operation of this name. */
export function isOperationName(name: string): name is OperationName {
  return memorydb.isOperationName(name) || isS3OperationName(name);
}
