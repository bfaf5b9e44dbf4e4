/** Calls the control API `/emulator/v1` in process. Rejects with an EmulatorError. */
export type CallControl = <T = unknown>(method: string, path: string, body?: unknown) => Promise<T>;
