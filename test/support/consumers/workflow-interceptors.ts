// A module of workflow interceptors of a user: it leaves a mark in each workflow's memo.
import { upsertMemo, type WorkflowInterceptors } from '@temporalio/workflow';

export const interceptors = (): WorkflowInterceptors => ({
  inbound: [
    {
      execute(input, next) {
        upsertMemo({ intercepted: true });
        return next(input);
      },
    },
  ],
});
