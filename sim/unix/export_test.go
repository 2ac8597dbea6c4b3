package unix

// Flash is the folder that is the board's flash.
func (b *Board) Flash() string { return b.flash.folder }
