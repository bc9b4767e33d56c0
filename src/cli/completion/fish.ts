// The script for fish, 3.1 or newer. It puts no blank behind an offer that ends in a slash, so that it need not be told.
import { bits, completionWord } from './protocol.ts';

export const fishScript = `# fish completion for netdebug: netdebug completion fish > ~/.config/fish/completions/netdebug.fish
function __netdebug_offers
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines (eval $words[1] ${completionWord} (string escape -- $words[2..-1] "$current") 2>/dev/null)
    test (count $lines) -gt 0; or return
    set -l sum (string replace -r '^:' '' -- $lines[-1])
    # Of --option=value the value alone is answered.
    set -l option (string match -r -- '^--[^=]+=' "$current")
    set -l value (string replace -r -- '^--[^=]+=' '' "$current")
    if test (math "bitand($sum, ${bits.error})") -ne 0
        return
    else if test (math "bitand($sum, ${bits.noFiles})") -ne 0
        for line in $lines[1..-2]
            printf '%s\\n' "$option$line"
        end
    else if test (math "bitand($sum, ${bits.foldersOnly})") -ne 0
        __fish_complete_directories "$value" '' | string replace -r '^' -- "$option"
    else
        __fish_complete_path "$value" | string replace -r '^' -- "$option"
    end
end
complete -c netdebug -e
complete -c netdebug -f -a '(__netdebug_offers)'
`;
