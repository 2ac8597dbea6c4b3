#compdef espy
# Completion of espy for zsh. In ~/.zshrc, after compinit:  source <(espy completion zsh)
_espy() {
    local line files=
    local -a found
    for line in "${(@f)$("${words[1]}" complete zsh -- "${(j: :)words[1,CURRENT]}" 2>/dev/null)}"; do
        if [[ $line == :files ]]; then
            files=1
        elif [[ -n $line ]]; then
            found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
        fi
    done
    (( $#found )) && _describe espy found
    [[ -n $files ]] && _files
    return 0
}
compdef _espy espy
