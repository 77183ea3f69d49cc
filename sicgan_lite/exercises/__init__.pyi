from .answers import WrongAnswer as WrongAnswer
from .edge_features import check_augment as check_augment
from .edge_features import check_noise_gain as check_noise_gain
from .edge_features import check_scharr_scale as check_scharr_scale
from .lab_space import check_lightness as check_lightness
from .lab_space import check_paint_known as check_paint_known
from .lab_space import check_rotate_hue as check_rotate_hue
