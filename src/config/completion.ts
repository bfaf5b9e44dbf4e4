import { summaries } from './help.ts';
import { type Command, commands, type Option, options, type Shell, shells } from './options.ts';

/** What a shell has to read to complete the commands and options of huizhi; the first line says how it gets there. */
export function completionFor(shell: Shell): string {
  return { bash, zsh, fish }[shell]();
}

const optionsOf = (command: Command) => options.filter((o) => o.commands.includes(command) && o.argument !== false);
const flagsOf = (command: Command) => optionsOf(command).map(({ flag }) => flag);
const choosing = options.filter((option) => option.choices);
const withFile = options.filter(({ value }) => value === '<path>').map(({ flag }) => flag);

function bash(): string {
  const own = commands.map((command) => `    ${command}) words='${wordsOf(command)}' ;;`);
  const values = choosing.map(({ flag, choices }) => `    ${flag}) words='${choices?.join(' ')}' ;;`);
  return `# bash: source <(huizhi completion bash), in ~/.bashrc to keep it
_huizhi() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words=''
  COMPREPLY=()
  case $COMP_CWORD:\${COMP_WORDS[1]} in
    1:*) words='${commands.join(' ')}' ;;
${own.map((line) => line.replace(/^ {4}/, '    *:')).join('\n')}
  esac
  case $before in
    ${withFile.join('|')}) COMPREPLY=($(compgen -f -- "$word")); return ;;
${values.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _huizhi huizhi
`;
}

const wordsOf = (command: Command) => (command === 'completion' ? shells : flagsOf(command)).join(' ');

function zsh(): string {
  const names = commands.map((command) => `    ${quoted(`${command}:${summaries[command]}`)}`);
  const own = commands.map((command) => {
    const specs = optionsOf(command).map((option) => `      ${quoted(zshSpec(option))}`);
    const rest = command === 'completion' ? `      ${quoted(`1:shell:(${shells.join(' ')})`)}` : `      '*:argument: '`;
    return `    ${command}) _arguments \\\n${[...specs, rest].join(' \\\n')} ;;`;
  });
  return `#compdef huizhi
# zsh: source <(huizhi completion zsh), in ~/.zshrc after compinit to keep it
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

function zshSpec({ flag, doc, kind, choices, value }: Option): string {
  const explained = `${flag}[${doc.replaceAll(/[[\]:]/g, ' ')}]`;
  if (kind === 'boolean') return explained;
  const action = choices ? `(${choices.join(' ')})` : value === '<path>' ? '_files' : ' ';
  return `${explained}:value:${action}`;
}

function fish(): string {
  const first = commands.map((command) => {
    return `complete -c huizhi -n __fish_use_subcommand -f -a ${command} -d ${quoted(summaries[command])}`;
  });
  const own = commands.flatMap((command) => optionsOf(command).map((option) => fishLine(command, option)));
  const names = `complete -c huizhi -n '__fish_seen_subcommand_from completion' -f -a '${shells.join(' ')}'`;
  return `# fish: huizhi completion fish | source, in ~/.config/fish/config.fish to keep it\n${[...first, ...own, names].join('\n')}\n`;
}

function fishLine(command: Command, { flag, doc, kind, choices, value }: Option): string {
  const takes = choices
    ? ` -x -a '${choices.join(' ')}'`
    : value === '<path>'
      ? ' -r -F'
      : kind === 'boolean'
        ? ' -f'
        : ' -x';
  return `complete -c huizhi -n '__fish_seen_subcommand_from ${command}' -l ${flag.slice(2)}${takes} -d ${quoted(doc)}`;
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
