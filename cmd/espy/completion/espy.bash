# Completion of espy for bash. In ~/.bashrc:  source <(espy completion bash)
_espy() {
    local candidate files=
    COMPREPLY=()
    while IFS= read -r candidate; do
        if [[ $candidate == :files ]]; then
            files=1
        else
            COMPREPLY+=("$candidate")
        fi
    done < <("${COMP_WORDS[0]}" complete bash -- "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
    [[ $files ]] || compopt +o default
    # What ends so is only half of a name.
    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *// ]] && compopt -o nospace
    return 0
}
complete -o default -F _espy espy
