/** The emulator cannot do what a test asked of it; `code` is one of the error table, or `huizhi.timeout`. */
export class EmulatorError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EmulatorError';
    this.code = code;
  }
}
