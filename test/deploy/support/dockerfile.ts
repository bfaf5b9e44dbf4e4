/** Reads the Dockerfile, and executes its instructions in folders, where no container engine is at hand. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, isAbsolute, join, matchesGlob, relative } from 'node:path';

export type Instruction = { readonly name: string; readonly args: string; readonly line: number };

export type Stage = {
  readonly name: string;
  readonly base: string;
  readonly instructions: readonly Instruction[];
};

/** What a stage leaves: its file system, and how a container of it runs. */
export type Image = {
  /** The folder that stands for the root of the file system. */
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly workdir: string;
  readonly volumes: readonly string[];
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
};

/** Parses a Dockerfile into its stages. Arguments before the first stage are replaced by their defaults. */
export function parseDockerfile(text: string): readonly Stage[] {
  const joined = text.replaceAll(/\\\n/g, ' ').split('\n');
  const instructions = joined.flatMap((source, i) => {
    const [, name = '', args = ''] = /^([A-Z]+)\s+(.*)$/.exec(source.trim()) ?? [];
    if (name === '' && !/^(?:#.*)?$/.test(source.trim())) throw new Error(`line ${i + 1} is no instruction: ${source}`);
    return name === '' ? [] : [{ name, args, line: i + 1 }];
  });
  const first = instructions.findIndex(({ name }) => name === 'FROM');
  const defaults = Object.fromEntries(instructions.slice(0, first).map(({ args }) => args.split('=')));
  const stages: { name: string; base: string; instructions: Instruction[] }[] = [];
  for (const instruction of instructions.slice(first)) {
    if (instruction.name !== 'FROM') stages.at(-1)?.instructions.push(instruction);
    else {
      const [, base = '', name = String(stages.length)] = /^(\S+)(?: AS (\S+))?$/.exec(instruction.args) ?? [];
      stages.push({ name, base: base.replaceAll(/\$\{(\w+)\}/g, (_, key) => defaults[key] ?? ''), instructions: [] });
    }
  }
  return stages;
}

/** Whether the .dockerignore keeps a path of the context out of the build; the last pattern that matches decides. */
function createFilter(text: string): (path: string) => boolean {
  const patterns = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return (path) =>
    patterns.reduce((isOut, pattern) => {
      const glob = pattern.replace(/^!/, '');
      const isMatch = [glob, `${glob}/**`].some((one) => matchesGlob(path, one));
      return isMatch ? !pattern.startsWith('!') : isOut;
    }, false);
}

/** Replaces the commands of a RUN instruction, or undefined to run them as they are. */
export type RunInstead = (command: string, folder: string) => boolean;

type Build = {
  /** The folder with the Dockerfile. */
  readonly context: string;
  /** An empty folder for the file systems. */
  readonly folder: string;
  /** Runs a command in another way; returns false for one that has to be run as it is. */
  readonly instead?: RunInstead;
};

/** Builds all stages, and returns the last one. */
export function buildImage({ context, folder, instead = () => false }: Build): Image {
  const stages = parseDockerfile(readFileSync(join(context, 'Dockerfile'), 'utf8'));
  const isIgnored = createFilter(readFileSync(join(context, '.dockerignore'), 'utf8'));
  const images = new Map<string, Image>();
  for (const stage of stages) {
    const builder = createBuilder(join(folder, stage.name), context, isIgnored, images, instead);
    for (const instruction of stage.instructions) builder.apply(instruction);
    images.set(stage.name, builder.image());
  }
  const last = images.get(stages.at(-1)?.name ?? '');
  if (!last) throw new Error('the Dockerfile has no stage');
  return last;
}

/** The state of a stage while it is built. */
function createBuilder(
  root: string,
  context: string,
  isIgnored: (path: string) => boolean,
  images: ReadonlyMap<string, Image>,
  instead: RunInstead,
) {
  mkdirSync(root, { recursive: true });
  let image: Image = {
    root,
    env: {},
    user: 'root',
    workdir: '/',
    volumes: [],
    entrypoint: [],
    command: [],
    healthcheck: [],
  };
  const set = (more: Partial<Image>) => {
    image = { ...image, ...more };
  };
  const locate = (path: string) => join(root, isAbsolute(path) ? path : join(image.workdir, path));
  const verbs: Readonly<Record<string, (args: string) => void>> = {
    workdir(args) {
      set({ workdir: args });
      mkdirSync(locate(args), { recursive: true });
    },
    env(args) {
      const [, key = '', value = ''] = /^(\w+)=(.*)$/.exec(args) ?? [];
      set({ env: { ...image.env, [key]: value } });
    },
    user: (args) => set({ user: args }),
    volume: (args) => set({ volumes: [...image.volumes, args] }),
    expose() {},
    entrypoint: (args) => set({ entrypoint: JSON.parse(args) as string[] }),
    cmd: (args) => set({ command: JSON.parse(args) as string[] }),
    healthcheck: (args) => set({ healthcheck: JSON.parse(args.replace(/^.*? CMD /, '')) as string[] }),
    copy(args) {
      const words = args.split(/\s+/);
      const flags = words.filter((word) => word.startsWith('--'));
      const paths = words.filter((word) => !word.startsWith('--'));
      const target = paths.pop() ?? '';
      const from = flags.find((flag) => flag.startsWith('--from='))?.slice('--from='.length);
      const owner = flags.find((flag) => flag.startsWith('--chown='))?.slice('--chown='.length);
      for (const path of paths) {
        const image = from === undefined ? undefined : images.get(from);
        copy(join(image?.root ?? context, path), target.endsWith('/') ? join(target, basename(path)) : target, !image);
      }
      if (owner !== undefined && process.getuid?.() === 0) execFileSync('chown', ['-R', owner, locate(target)]);
    },
    run(args) {
      if (instead(args, locate('.'))) return;
      execFileSync('sh', ['-c', args], { cwd: locate('.'), env: { ...process.env, ...image.env }, stdio: 'pipe' });
    },
  };
  function copy(source: string, target: string, isContext: boolean): void {
    if (!existsSync(source)) throw new Error(`COPY: there is no ${source}`);
    const filter = (path: string) => !isContext || statSync(path).isDirectory() || !isIgnored(relative(context, path));
    if (isContext && !statSync(source).isDirectory() && !filter(source))
      throw new Error(`COPY: .dockerignore keeps ${source} out of the build`);
    const to = target.startsWith('./') || target === '.' || target === './' ? join(target, '') : target;
    cpSync(source, locate(to), { recursive: true, filter, verbatimSymlinks: true });
  }
  return {
    apply({ name, args, line }: Instruction) {
      const verb = verbs[name.toLowerCase()];
      if (!verb) throw new Error(`line ${line}: this test does not know ${name}`);
      verb(args);
    },
    image: () => image,
  };
}

/** Removes the folder of an image, whose files may be read-only. */
export function removeImages(folder: string): void {
  execFileSync('chmod', ['-R', 'u+w', folder]);
  rmSync(folder, { recursive: true, force: true });
}
