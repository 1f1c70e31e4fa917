import Testing  // Of the screens: to come.
