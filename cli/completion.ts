import { fileURLToPath } from 'node:url'
import { Argument, Command } from 'commander'

export function completionCommand(): Command {
  return new Command('completion')
    .description('a script for a shell, with which the tab key completes commands, options, names and files')
    .addArgument(new Argument('<shell>', 'which one').choices(Object.keys(SCRIPTS)))
    .addHelpText(
      'after',
      `
To have it in each shell that is opened, add to its start file:
  bash  ~/.bashrc                   source <(nines completion bash)
  zsh   ~/.zshrc, after compinit    source <(nines completion zsh)
  fish  ~/.config/fish/config.fish  nines completion fish | source

The scripts ask the program, and so know the options of the version that is installed.`,
    )
    .action((shell: keyof typeof SCRIPTS) => {
      process.stdout.write(SCRIPTS[shell])
    })
}

/** A text that shells take as it is. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** This program, where none is found by its name: it may be called by npx alone. */
const itself = [process.execPath, fileURLToPath(new URL('main.js', import.meta.url))].map(quoted).join(' ')

/** All ask `nines complete`; a folder gets no space behind it. */
const SCRIPTS = {
  bash: `# Completion of nines for bash.
_nines() {
  local program=(nines) line
  type -P nines > /dev/null || program=(${itself})
  COMPREPLY=()
  while IFS= read -r line; do
    line=\${line%%$'\\t'*}
    # What a shell would part stands as one word.
    printf -v line %q "$line"
    COMPREPLY+=("$line")
  done < <("\${program[@]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null)
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == */ ]]; then compopt -o nospace 2> /dev/null; fi
}
complete -F _nines nines
`,
  zsh: `#compdef nines
# Completion of nines for zsh.
_nines() {
  local -a program found folders
  local line word says
  program=(nines)
  (( $+commands[nines] )) || program=(${itself})
  while IFS= read -r line; do
    word=\${line%%$'\\t'*}
    says=\${line#*$'\\t'}
    if [[ $word == */ ]]; then folders+=("$word")
    else found+=("\${word//:/\\\\:}\${says:+:$says}")
    fi
  done < <("\${program[@]}" complete -- "\${(@)words[2,CURRENT-1]}" "$PREFIX" 2> /dev/null)
  (( \${#folders} )) && compadd -S '' -- "\${folders[@]}"
  (( \${#found} )) && _describe nines found
}
compdef _nines nines
`,
  fish: `# Completion of nines for fish.
function __nines_complete
    set -l before (commandline -opc)
    set -l word (commandline -ct)
    if command -q nines
        nines complete -- $before[2..] "$word" 2>/dev/null
    else
        ${itself} complete -- $before[2..] "$word" 2>/dev/null
    end
end
complete -c nines -f -k -a '(__nines_complete)'
`,
} as const
