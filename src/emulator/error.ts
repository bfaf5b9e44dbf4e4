/** A failed call of the emulator. `code` is a code of the error reference, `huizhi.timeout` or `huizhi.closed`. */
export class EmulatorError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EmulatorError';
    this.code = code;
  }
}
