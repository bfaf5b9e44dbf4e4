import { listVerbs, nouns } from './admin-calls.ts';
import { summaries } from './help.ts';
import { type Command, commands, type Option, options, type Shell, shells } from './options.ts';

/**
 * Renders the completion script of a shell for the commands and options of huizhi; its first line says how to install
 * it.
 */
export function renderCompletion(shell: Shell): string {
  return { bash: renderBash, zsh: renderZsh, fish: renderFish }[shell]();
}

const listOptions = (command: Command) => options.filter((o) => o.commands.includes(command) && o.argument !== false);
const listFlags = (command: Command) => listOptions(command).map(({ flag }) => flag);
const optionsWithChoices = options.filter((option) => option.choices);
const isPath = ({ value }: { readonly value?: string | undefined }) => value === '<path>' || value === '<folder>';
const pathFlags = options.filter(isPath).map(({ flag }) => flag);

function renderBash(): string {
  const own = commands.map((command) => `    ${command}) words='${listWords(command)}' ;;`);
  const values = optionsWithChoices.map(({ flag, choices }) => `    ${flag}) words='${choices?.join(' ')}' ;;`);
  const verbs = nouns.map((noun) => `        ${noun}) words='${listVerbNames(noun)}' ;;`);
  return `# bash: source <(huizhi completion bash), in ~/.bashrc to install it
_huizhi() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words=''
  COMPREPLY=()
  case $COMP_CWORD:\${COMP_WORDS[1]} in
    1:*) words='${commands.join(' ')}' ;;
    2:admin) words='${nouns.join(' ')}' ;;
    3:admin)
      case \${COMP_WORDS[2]} in
${verbs.join('\n')}
      esac ;;
${own.map((line) => line.replace(/^ {4}/, '    *:')).join('\n')}
  esac
  case $before in
    ${pathFlags.join('|')}) COMPREPLY=($(compgen -f -- "$word")); return ;;
${values.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _huizhi huizhi
`;
}

const listVerbNames = (noun: string) =>
  listVerbs(noun)
    .map(([verb]) => verb)
    .join(' ');

const listWords = (command: Command) => (command === 'completion' ? shells : listFlags(command)).join(' ');

function renderZsh(): string {
  const names = commands.map((command) => `    ${quote(`${command}:${summaries[command]}`)}`);
  const own = commands.map((command) => {
    const specs = listOptions(command).map((option) => `      ${quote(renderZshSpec(option))}`);
    const rest = command === 'completion' ? `      ${quote(`1:shell:(${shells.join(' ')})`)}` : `      '*:argument: '`;
    if (command === 'admin') specs.unshift(...renderZshCalls());
    return `    ${command}) _arguments \\\n${[...specs, rest].join(' \\\n')} ;;`;
  });
  return `#compdef huizhi
# zsh: source <(huizhi completion zsh), in ~/.zshrc after compinit to install it
_huizhi() {
  local -a commands=(
${names.join('\n')}
  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  local command=$words[2]
  shift words; (( CURRENT-- ))
  case $command in
${own.join('\n')}
  esac
}
compdef _huizhi huizhi
`;
}

/** The noun and the verb of `huizhi admin`. */
function renderZshCalls(): readonly string[] {
  const verbs = nouns.map((noun) => `${noun}) compadd ${listVerbNames(noun)} ;;`).join(' ');
  return [`1:noun:(${nouns.join(' ')})`, `2:verb:{ case $words[2] in ${verbs} esac }`].map(
    (spec) => `      ${quote(spec)}`,
  );
}

function renderZshSpec({ flag, doc, kind, choices, value }: Option): string {
  const files = value === '<folder>' ? '_files -/' : isPath({ value }) ? '_files' : ' ';
  const explained = `${flag}[${doc.replaceAll(/[[\]:]/g, ' ')}]`;
  if (kind === 'boolean') return explained;
  const action = choices ? `(${choices.join(' ')})` : files;
  return `${explained}:value:${action}`;
}

function renderFish(): string {
  const first = commands.map((command) => {
    return `complete -c huizhi -n __fish_use_subcommand -f -a ${command} -d ${quote(summaries[command])}`;
  });
  const own = commands.flatMap((command) => listOptions(command).map((option) => renderFishLine(command, option)));
  const names = `complete -c huizhi -n '__fish_seen_subcommand_from completion' -f -a '${shells.join(' ')}'`;
  const isNoun = `__fish_seen_subcommand_from ${nouns.join(' ')}`;
  const calls = [
    `complete -c huizhi -n '__fish_seen_subcommand_from admin; and not ${isNoun}' -f -a '${nouns.join(' ')}'`,
    ...nouns.map(
      (noun) =>
        `complete -c huizhi -n '__fish_seen_subcommand_from admin; and __fish_seen_subcommand_from ${noun}' -f -a '${listVerbNames(noun)}'`,
    ),
  ];
  return `# fish: huizhi completion fish | source, in ~/.config/fish/config.fish to install it\n${[...first, ...own, names, ...calls].join('\n')}\n`;
}

function renderFishLine(command: Command, { flag, doc, kind, choices, value }: Option): string {
  const takes = choices
    ? ` -x -a '${choices.join(' ')}'`
    : isPath({ value })
      ? ' -r -F'
      : kind === 'boolean'
        ? ' -f'
        : ' -x';
  return `complete -c huizhi -n '__fish_seen_subcommand_from ${command}' -l ${flag.slice(2)}${takes} -d ${quote(doc)}`;
}

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
