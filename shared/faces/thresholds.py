"""Every number that decides something about a face, with the measurement it comes from.

"Measured" means: `python -m benchmarks.faces`, 2 cores, no GPU, face_recognition's models, on the
public measuring set (1,914 pairs, 88 crowd pictures, 363 liveness frames). Distances are Euclidean
between L2-normalised descriptors (0..2); a raw dlib descriptor has a norm of about 1.4, so the
well-known 0.6 is 0.43 here. Change a number only together with a new measurement.
"""

# --- comparing two faces -------------------------------------------------------------------------
ACCEPT_DISTANCE = 0.335
"""At most this far: the same person, for a picture that stands alone and for a fused clip alike.
Public pairs, one picture each: 0.08 % wrong accepts (1 of 1,276), 11.8 % rejects (11.6 and 11.9 in
the two halves of the people); over all 346,526 pairs of different people 0.017 % wrong accepts. ID
photo against the mean of 4 or 5 frames: no reject of 93, 0.03 % wrong accepts of 29,817. By origin:
men filmed alike in the clips (East Asian, 7 clips) 0.6 % wrong accepts, everybody else none. Chosen on half of the
people alone it is 0.336 or 0.342, with 0.014 and 0.036 % wrong accepts among the other half (`held_out`)."""
REFUSE_DISTANCE = 0.42
"""Farther than this: another person. In between an officer decides: there lie none of
the same people's clips and 3 % of strangers'."""
SAME_CLIP_DISTANCE = 0.40
"""Between any two compared frames of one clip: at most 0.35 measured in seven live clips; 99.4 % of
strangers are farther apart. Farther means that the person was exchanged half-way. (The distance to
the clip's own mean does not show it: half of each person is in the mean.)"""

# --- finding faces -------------------------------------------------------------------------------
DETECT_SIDE_PX = 640
"""Longer side of the grey picture that is searched: 12.5 ms at upsample 0, 52 ms at upsample 1."""
DETECT_MAX_ENLARGE = 2.0
"""Small pictures (card photos) are enlarged at most this much before the search."""
FACE_SCORE = 0.0
"""HOG score of a face in a photo or a clip."""
FOLLOWED_FACE_SCORE = -0.2
"""Where a face just was, a lower one is enough."""

# --- counting people (CenterFace) ----------------------------------------------------------------
PERSON_CLEAR_SCORE = 0.6
"""At the first look: counted at once."""
PERSON_MAYBE_SCORE = 0.1
"""From here to PERSON_CLEAR_SCORE: looked at again from near. 1.3 places a picture, rarely more than 4."""
PERSON_NEAR_SCORE = 0.5
"""At the second look. Public pictures, exact count: 0.96 (crowd), 0.93 (synth), 0 of 16 empty pictures
fire; at 0.4 0.93 and 0.95. dlib's HOG without upsampling: 0.71 and 0.28."""

# --- recognising people during a visit -----------------------------------------------------------
DESCRIBE_MIN_PX = 40
"""Below this a descriptor says nothing."""
SURE_DISTANCE = 0.31
"""One crop at most this far: the two of `describe` are within ACCEPT_DISTANCE too, for every one of 693,052
public pairs of different people (8 are this near by one crop, 118 by two); 69 % of the pairs of one person
are, and more with three templates. So they need not be computed."""
UNKNOWN_MIN_PX = 60
"""Nobody is called unknown on a smaller face."""
UNKNOWN_MAX_TURN = 0.35
"""Nose offset: nobody is called unknown who looks aside; approved people then stand 0.42 apart too."""
UNKNOWN_MIN_DESCRIPTIONS = 3
"""Nobody is called unknown on fewer looks."""
RUNNING_MEAN_OF = 5
"""Descriptions averaged for one track; their mean is normalised again."""

# --- pictures ------------------------------------------------------------------------------------
PICTURE_MAX_BYTES = 12 * 1024 * 1024
PICTURE_MAX_PIXELS_JPEG = 64_000_000
"""Phones take up to 50 megapixel by default; JPEG is decoded at a reduced scale, so it is cheap."""
PICTURE_MAX_PIXELS_PNG = 25_000_000
"""PNG has no reduced scale: 25 megapixel is 75-100 MB while decoding."""
PICTURE_MIN_SIDE_PX = 64
"""A card photo with a 40 px face is about this wide."""
PICTURE_KEEP_SIDE_PX = 2048
"""Longer side that is kept after decoding; the encoder looks at 150 px of it."""

# --- quality, measured on the face's own box -----------------------------------------------------
TOO_DARK_MEAN = 30.0
"""Mean grey of the face, 0..255. Darkened with sensor noise to 31 a descriptor moves 0.18, to 18
0.24; the darkest of 834 measuring pictures has 56."""
TOO_BRIGHT_CLIPPED = 0.30
"""Share at 250 or more. 20 % moves a descriptor 0.13; the brightest measuring picture has 16 %."""
BLURRED_LAPLACIAN = 7.0
"""Variance at 150 px. A Gaussian of 3 px (5.0) moves a descriptor 0.23, one of 2 px (8.7) 0.15; of
834 measuring pictures 6 are below."""
PHOTO_FACE_MIN_PX = 60
CLIP_FACE_MIN_PX = 80
"""A face narrower than this in a clip carries too little for landmarks: come closer."""

# --- clips ---------------------------------------------------------------------------------------
CLIP_MAX_BYTES = 8 * 1024 * 1024
CLIP_MAX_SECONDS = 20.0
CLIP_MIN_SECONDS = 1.5
CLIP_MIN_FRAMES = 12
CLIP_MAX_FRAMES = 1300
"""20 s at 60 frames a second, and some."""
CLIP_MAX_PIXELS = 1920 * 1920
"""Either way round of 1920 x 1080, with room for odd formats."""
CLIP_KEEP_SIDE_PX = 1280
CLIP_SAMPLE_SECONDS = 0.08
"""About 12 looks a second: a blink takes 0.1 to 0.4 s; the measured clips had 8 to 10."""

# --- presence challenge --------------------------------------------------------------------------
BLINK_RATIO = 0.68
"""Eye aspect ratio against the local 80th percentile: live 9 of 10, prints 0 of 30 in 3 s."""
BLINK_WINDOW_SECONDS = 1.5
"""Half of the 3 s that were measured, on each side of the frame."""
EYES_OPEN_RATIO = 0.85
"""Eyes this far open (same measure) must come before and after, or it is no blink."""
BLINK_MAX_SECONDS = 1.5
"""Eyes closed for longer are no blink."""
MOUTH_CLOSED_RATIO = 0.30
"""The mouth must have been this far closed before it opens: a print with an open mouth is none."""
MOUTH_OPEN_RATIO = 0.45
"""Inner lips, height by width: live reaches 0.86 when asked, a print at most 0.16."""
TURN_SIDE = 0.25
"""Nose offset ratio away from the clip's own middle that counts as a turn to that side."""
TURN_RANGE = 0.40
"""Range over the clip: live 0.4 to 1.0 when turning; a print, even tilted, at most 0.30."""
FACING_OFFSET = 0.35
"""A clip whose middle is farther off than this was not filmed from the front."""
FACING_FRAME_OFFSET = 0.15
"""Frames chosen for comparing are at most this far from the clip's middle."""

# --- one check -----------------------------------------------------------------------------------
FRAMES_COMPARED = 5
FRAMES_COMPARED_MIN = 4
"""With 3 frames 10.6 % are rejected at 0.1 % wrong accepts, with 4 6.5 %."""
CANDIDATE_SECONDS = 0.4
"""The best frame of each such stretch is kept for comparing: at most 50 in memory."""
FULL_SEARCH_EVERY = 12
"""Looks between searches of the whole picture (52 ms); the others search around the last face."""
FOLLOW_FACE_PX = 100
"""The surroundings are scaled so that the face is this wide (HOG needs 80): 4 ms."""
FACE_SEEN_SHARE = 0.6
"""A face must be seen in this share of the looks; a turned head is lost now and then."""
SECOND_FACE_SCORE = 0.3
"""HOG score of a second face: 99 of 100 real faces reach it, patterns in the background seldom."""
SECOND_FACE_SEARCHES = 2
"""A second face must show in this many searches of the whole picture."""
CHECK_BUDGET_SECONDS = 20.0
"""A clip that takes longer is cut off; a usual one takes 1 to 2 s."""
CHECK_KILLED_SECONDS = 25.0
"""For what the budget does not reach: a decoder or a search that hangs inside one frame."""
CHECK_WAIT_SECONDS = 20.0
"""For a free process. Eight checks at once on two cores are over in 6 to 8 s."""
