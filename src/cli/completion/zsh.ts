// The script for zsh: found in fpath as _netdebug, or read after compinit.
import { bits, completionWord } from './protocol.ts';

export const zshScript = `#compdef netdebug
# zsh completion for netdebug: netdebug completion zsh > "\${fpath[1]}/_netdebug", or, behind compinit, source <(netdebug completion zsh)
_netdebug() {
  local -a lines described
  local line sum=${bits.error} value about
  lines=("\${(@f)$(\${~words[1]} ${completionWord} "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  for line in "\${lines[@]}"; do
    if [[ $line == :* ]]; then
      sum=\${line#:}
    elif [[ -n $line ]]; then
      value=\${line%%$'\\t'*}
      about=\${line#"$value"}
      # A colon ends the value, unless it is escaped.
      described+=("\${value//:/\\\\:}\${about:+:\${about#$'\\t'}}")
    fi
  done
  if ((sum & ${bits.error})); then return 1; fi
  # Of --option=value the value alone is completed.
  if [[ $PREFIX == --*=* ]]; then compset -P '--*='; fi
  if ((!(sum & ${bits.noFiles}))); then
    if ((sum & ${bits.foldersOnly})); then _files -/; else _files; fi
    return
  fi
  if ((sum & ${bits.noSpace})); then
    _describe -t offers netdebug described -S ''
  else
    _describe -t offers netdebug described
  fi
}
if [[ $funcstack[1] == _netdebug ]]; then _netdebug "$@"; else compdef _netdebug netdebug; fi
`;
