// The script for bash: 3.2, as on macOS, is enough, and the package bash-completion is not needed.
import { bits, completionWord } from './protocol.ts';

export const bashScript = `# bash completion for netdebug: source <(netdebug completion bash)
_netdebug() {
  # bash breaks words at = and :, the program does not: what stands at them is joined again.
  local program=\${COMP_WORDS[0]} words=() count=0 joins=0 i word
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if ((count > 0)) && { ((joins)) || [[ $word == [=:]* ]]; }; then
      words[count - 1]+=$word
    else
      words[count]=$word
      count=$((count + 1))
    fi
    joins=0
    if [[ $word == *[=:] ]]; then joins=1; fi
  done
  if [[ $program == "~/"* ]]; then program=$HOME/\${program:2}; fi

  local said offers=() sum=${bits.error} line
  said=$("$program" ${completionWord} "\${words[@]}" 2>/dev/null)
  while IFS= read -r line; do
    if [[ $line == :* ]]; then sum=\${line#:}; else offers[\${#offers[@]}]=\${line%%$'\\t'*}; fi
  done <<<"$said"

  COMPREPLY=()
  local current=\${words[count - 1]} value before
  value=$current
  if [[ $current == --*=* ]]; then value=\${current#*=}; fi
  if ((sum & ${bits.error})); then
    sum=${bits.noFiles}
  elif ((!(sum & ${bits.noFiles}))); then
    # Paths, which bash knows best.
    local what=-f
    if ((sum & ${bits.foldersOnly})); then what=-d; fi
    while IFS= read -r line; do
      if [[ -n $line ]]; then COMPREPLY[\${#COMPREPLY[@]}]=$line; fi
    done < <(compgen $what -- "$value")
    if type compopt &>/dev/null; then compopt -o filenames; fi
    return
  fi
  # Of an offer bash wants what is behind the last = or : alone.
  before=\${value%"\${value##*[=:]}"}
  for line in \${offers[@]+"\${offers[@]}"}; do COMPREPLY[\${#COMPREPLY[@]}]=\${line#"$before"}; done
  if ((sum & ${bits.noSpace})) && type compopt &>/dev/null; then compopt -o nospace; fi
}
complete -F _netdebug netdebug
`;
