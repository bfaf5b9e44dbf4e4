/** Renders `docs/zh/reference/options.md` and `docs/zh/reference/huizhi.yaml` from the English ones. */
import { renderExampleFile, renderOptionsPage } from '../../src/config/help.ts';
import { defaultTexts, optionTexts } from './options.ts';
import { setupTexts } from './setup.ts';
import { lookUp, wrapText } from './text.ts';

const pageHead = `# 选项

由 \`src/config/options.ts\` 中的表生成；\`huizhi <command> --help\` 显示同样的内容（英文）。

命令行参数优先于环境变量，环境变量优先于[配置文件](huizhi.yaml)，配置文件优先于默认值。值可以写作 \`--port 8720\` 或 \`--port=8720\`。时长是一个数字加单位：\`ms\`、\`s\`、\`m\`、\`h\`、\`d\`。无效或为空的值会使命令以退出码 2 结束，并输出选项和原因。
`;

/** `docs/zh/reference/options.md` */
export function chineseOptionsPage(): string {
  const [, ...sections] = renderOptionsPage().split(/^(?=## )/m);
  return `${pageHead}\n${sections.map(translateSection).join('')}`;
}

function translateSection(section: string): string {
  const [title = '', , text = '', , ...facts] = section.split('\n');
  return [title, '', lookUp(optionTexts, text), '', ...facts.map(translateFact)].join('\n');
}

const factNames: Readonly<Record<string, string>> = {
  Commands: '命令',
  Values: '值',
  Default: '默认值',
  Environment: '环境变量',
  'In the file': '配置文件',
};

function translateFact(line: string): string {
  const [, name, value = ''] = /^- ([A-Za-z ]+): (.*)$/.exec(line) ?? [];
  if (name === undefined) return line;
  const [general = '', ofDev] = value.split('; in `dev`: ');
  const translate = name === 'Default' ? translateDefault : translateValue;
  const inDev = ofDev === undefined ? '' : `；在 \`dev\` 中：${translate(ofDev)}`;
  return `- ${lookUp(factNames, name)}：${translate(general)}${inDev}`;
}

const translateDefault = (text: string) => defaultTexts[text] ?? text;

function translateValue(text: string): string {
  const [, from, to] = /^a whole number from (\d+) to (\d+)$/.exec(text) ?? [];
  if (from !== undefined) return `${from} 到 ${to} 的整数`;
  if (text === 'a duration longer than 0') return '大于 0 的时长';
  if (text === 'a duration') return '时长';
  if (text === 'text') return '文本';
  return text.replaceAll(', then ', '，其次 ').replaceAll(', ', '、');
}

/** `docs/zh/reference/huizhi.yaml` */
export function chineseExampleFile(): string {
  return renderExampleFile().replaceAll(/^(#(?: +#)? )(?=\S).+(?:\n\1(?=\S).+)*$/gm, (comment, start: string) => {
    return translateComment(comment.split('\n').map((line) => line.slice(start.length)))
      .flatMap((text) => wrapText(text, 100))
      .map((line) => start + line)
      .join('\n');
  });
}

/** Translates a comment of one or more lines: what an option is for, its default and its choices; or another text. */
function translateComment(lines: readonly string[]): readonly string[] {
  const whole = setupTexts[lines.join(' ')];
  if (whole !== undefined) return [whole];
  const end = lines.findIndex((line) => /^(?:Default: |One of )/.test(line));
  const [text, more] = end === -1 ? [lines, []] : [lines.slice(0, end), lines.slice(end)];
  const facts = more.map((line) => {
    const [, preset, choices = ''] = /^(?:Default: (.+)|One of (.+))\.$/.exec(line) ?? [];
    return preset === undefined ? `可选值：${choices.replaceAll(', ', '、')}。` : `默认：${translateDefault(preset)}。`;
  });
  return [lookUp(optionTexts, text.join(' ')), ...facts];
}
