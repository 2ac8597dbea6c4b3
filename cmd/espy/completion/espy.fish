# Completion of espy for fish. In ~/.config/fish/completions/espy.fish:  espy completion fish | source
function __espy_complete
    for line in (espy complete fish -- (commandline -cp | string collect) 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c espy -f -a '(__espy_complete)'
