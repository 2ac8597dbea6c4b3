package rest

// Paths lists the paths that the API answers, with the methods of each; N stands
// for the id of a record.
func Paths() [][2]string {
	all := [][2]string{{"GET HEAD", "/"}, {"GET HEAD", "/edges"}}
	for _, c := range collections {
		all = append(all,
			[2]string{"GET HEAD POST", "/" + c.name},
			[2]string{"GET HEAD PUT PATCH DELETE", "/" + c.name + "/N"})
		if c.parent != "" {
			all = append(all, [2]string{"GET HEAD POST", "/" + c.parent + "/N/" + c.name})
		}
	}
	return all
}
