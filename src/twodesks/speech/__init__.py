"""Audio → words → cues → structure. No Django, no database: usable as a library and from the command line.

    transcriber = load_transcriber(SpeechSettings.from_environment())     # transcribers, settings
    capture = capture_file("walkthrough.webm", transcriber)               # capture: the whole, with to_json()
    for update, checkpoint in follow_recording(path, transcriber, …):     # live: while it is being recorded
        cues = make_cues(update.words, language=update.language)          # cues; kit.webvtt writes them

Import from the modules: those about words and cues load no model and no decoder.
"""
