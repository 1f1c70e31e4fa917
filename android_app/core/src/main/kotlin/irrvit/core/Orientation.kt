package irrvit.core

/**
 * How a picture lies in its file: mirrored left to right if so, and then turned clockwise by so
 * many degrees, it stands upright.
 */
data class Orientation(val rotation: Int, val isMirrored: Boolean)

/** What a file's EXIF says by a number from 1 to 8; any other says nothing. */
fun orientation(exif: Int): Orientation = when (exif) {
    2 -> Orientation(0, isMirrored = true)
    3 -> Orientation(180, isMirrored = false)
    4 -> Orientation(180, isMirrored = true)
    5 -> Orientation(270, isMirrored = true)
    6 -> Orientation(90, isMirrored = false)
    7 -> Orientation(90, isMirrored = true)
    8 -> Orientation(270, isMirrored = false)
    else -> Orientation(0, isMirrored = false)
}
