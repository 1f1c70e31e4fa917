package org.irrvit.mobile

import irrvit.runtime.BadArtifact
import irrvit.runtime.RuntimeFailure
import java.io.IOException

/**
 * What went wrong with a model, a picture or a measurement, in words for a person.
 *
 * Whatever else was thrown is a fault of this app, and goes on.
 */
fun failureText(error: Throwable): String = when (error) {
    is BadArtifact, is RuntimeFailure -> error.message
    is IllegalArgumentException -> error.message // Outputs that are no numbers, odd pictures.
    is IOException -> "A file cannot be read or written: ${error.message}"
    is OutOfMemoryError ->
        "This phone has too little free memory for this model: close other apps or pick a " +
            "smaller one"
    else -> throw error
} ?: "Something failed and did not say what"
