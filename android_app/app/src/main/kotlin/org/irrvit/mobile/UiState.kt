package org.irrvit.mobile

import irrvit.runtime.Prediction

/** What the screen shows: one of these, whole. */
sealed interface UiState {
    data class Loading(val what: String) : UiState

    /** @property source where the picture comes from. */
    data class Running(
        val prediction: Prediction,
        val labels: List<String>,
        val description: String,
        val source: String,
    ) : UiState

    /** @property action what a tap on the message does about it. */
    data class Failed(val message: String, val action: Action) : UiState
}

enum class Action(val text: String) {
    RETRY("Tap to try again"),
    RELOAD("Tap to load it again"),
    ASK_FOR_CAMERA("Tap to allow the camera"),
    OPEN_SETTINGS("Tap to open the settings of this app"),
    NONE(""),
}
