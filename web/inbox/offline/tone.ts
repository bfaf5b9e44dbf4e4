/** Milliseconds within which a second tone is left out: messages arrive in bursts. */
const apart = 1000;
let context: AudioContext | undefined;
let played = Number.NEGATIVE_INFINITY;

/** Plays a short tone of two notes. A browser that allows no sound before the first click plays none. */
export function playTone(): void {
  if (performance.now() - played < apart) return;
  played = performance.now();
  context ??= new AudioContext();
  for (const [at, frequency] of [
    [0, 880],
    [0.12, 1174.66],
  ] as const)
    playNote(context, context.currentTime + at, frequency);
}

function playNote(audio: AudioContext, at: number, frequency: number): void {
  const [note, volume] = [audio.createOscillator(), audio.createGain()];
  note.frequency.value = frequency;
  volume.gain.setValueAtTime(0.15, at);
  volume.gain.exponentialRampToValueAtTime(0.001, at + 0.25);
  note.connect(volume).connect(audio.destination);
  note.start(at);
  note.stop(at + 0.25);
}
