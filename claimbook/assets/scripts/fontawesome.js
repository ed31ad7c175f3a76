/* Empty on purpose: the theme draws its icons from the web font; this script would add half a megabyte. */
