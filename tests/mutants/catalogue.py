"""The mutants: one wrong idea each, and the quickest tests that must notice it.

``old`` stands exactly once in ``file`` (below sicgan_lite/) and is replaced by ``new``. ``tests`` are
node ids below tests/, without the ending of the file: "test_color::test_grey_has_no_color".
"""

from __future__ import annotations

from typing import NamedTuple


class Mutant(NamedTuple):
    """A fault, why somebody might make it, and who must notice."""

    file: str
    old: str
    new: str
    why: str
    tests: tuple[str, ...]


COLOR = [
    Mutant(
        "color.py",
        "np.rint(lab2rgb(",
        "np.floor(lab2rgb(",
        "levels are cut off instead of rounded",
        ("test_color::test_rgb_is_rounded_and_not_cut_off",),
    ),
    Mutant(
        "color.py",
        "lab_to_rgb(clip_to_gamut(np.dstack([lightness, ab])))",
        "lab_to_rgb(np.dstack([lightness, ab]))",
        "RGB is clipped, which moves lightness",
        ("test_color::test_lightness_survives_eight_bits_where_clipping_rgb_moves_it",),
    ),
    Mutant(
        "color.py",
        "halvings: int = 14",
        "halvings: int = 3",
        "more chroma is lost than must be",
        ("test_color::test_no_more_chroma_is_lost_than_must_be",),
    ),
    Mutant(
        "color.py",
        "lab[..., 1:] * factor[..., None]",
        "lab[..., 1:] * factor[..., None] * [1, 0.95]",
        "hue turns while chroma falls",
        ("test_color::test_clipping_keeps_lightness_and_hue_and_lowers_chroma_alone",),
    ),
    Mutant(
        "color.py",
        "    outside = ~_in_gamut(clipped)\n",
        "    outside = clipped[..., 0] >= 0\n",
        "colours inside the gamut are moved too",
        ("test_color::test_colors_inside_the_gamut_are_untouched",),
    ),
    Mutant(
        "color.py",
        "* 200 - 1e-6",
        "* 200 * (1 - 1e-9)",
        "the limit of b moves the wrong way below a lightness of -16",
        ("test_color::test_any_finite_lab_is_shown_without_a_warning",),
    ),
    Mutant(
        "color.py",
        "AB_SCALE = 110.0",
        "AB_SCALE = 128.0",
        "the scale of 8-bit LAB",
        ("test_color::test_scaled_ab_comes_back",),
    ),
    Mutant(
        "color.py",
        "lightness / 50 - 1",
        "lightness / 100",
        "lightness in [0, 1], not [-1, 1]",
        ("test_color::test_scaled_lightness_runs_from_minus_one_to_one",),
    ),
]

FEATURES = [
    Mutant(
        "features.py",
        "0, 1, ksize=3, borderType=cv2.BORDER_REFLECT_101",
        "0, 1, ksize=3, borderType=cv2.BORDER_REFLECT",
        "the border repeats its edge pixel",
        ("test_features::test_operators_are_correlations_with_the_textbook_kernels",),
    ),
    Mutant(
        "features.py",
        "cv2.Sobel(lightness, cv2.CV_32F, 1, 0, ksize=3,",
        "cv2.Sobel(lightness, cv2.CV_32F, 1, 0, ksize=-1,",
        "Scharr's kernel instead of Sobel's",
        ("test_features::test_all_eight_symmetries_commute",),
    ),
    Mutant(
        "features.py",
        "np.sqrt(20)",
        "np.sqrt(32)",
        "the bound of each direction alone, which no patch reaches in both",
        ("test_features::test_scales_are_the_exact_extremes",),
    ),
    Mutant(
        "features.py",
        "cv2.CV_32F, ksize=1,",
        "cv2.CV_32F, ksize=3,",
        "the Laplacian of another kernel",
        ("test_features::test_a_step_and_a_ramp_by_hand",),
    ),
    Mutant(
        "features.py",
        "np.stack([x, y])",
        "np.stack([y, x])",
        "rows for columns",
        ("test_features::test_coordinates_are_columns_and_rows_over_the_size",),
    ),
    Mutant(
        "features.py",
        ".astype(np.float32) / size",
        ".astype(np.float32) / max(size - 1, 1)",
        "coordinates that reach 1",
        ("test_features::test_coordinates_are_columns_and_rows_over_the_size",),
    ),
    Mutant(
        "features.py",
        "low=0, high=100)",
        "low=0)",
        "8-bit lightness passes for lightness",
        ("test_features::test_what_is_no_lightness_is_refused",),
    ),
]

ORIGINS = [
    Mutant(
        "origins.py",
        "(positions - 1) // (count - 1)",
        "positions // (count - 1)",
        "the safe distance is one lattice step too large",
        ("test_origins::test_the_safe_distance_is_the_largest_that_counting_allows",),
    ),
    Mutant(
        "origins.py",
        "_least_square(distance) - 0.5)",
        "_least_square(distance) + 0.5)",
        "origins at exactly the least distance are turned away",
        ("test_origins::test_the_distance_is_kept_and_not_exceeded",),
    ),
    Mutant(
        "origins.py",
        "_least_square(distance) - 0.5)",
        "max(_least_square(distance) - 1.5, 0))",
        "origins a little too near are taken",
        ("test_origins::test_the_distance_is_kept_and_not_exceeded",),
    ),
    Mutant(
        "origins.py",
        "squares >= _least_square(distance)",
        "squares >= distance**2",
        "a jam is declared while positions at exactly the distance are free",
        ("test_origins::test_a_jam_is_declared_only_when_nothing_is_free_at_the_distance_itself",),
    ),
    Mutant(
        "origins.py",
        "return darts[~inside.all(axis=1)]",
        "return darts",
        "patches touch the holdout",
        ("test_origins::test_the_safe_distance_never_jams",),
    ),
    Mutant(
        "origins.py",
        "math.ceil(bottom * height)",
        "math.floor(bottom * height)",
        "the last row of the holdout is let go",
        ("test_origins::test_all_positions_can_be_had_and_no_other",),
    ),
    Mutant(
        "origins.py",
        "max(left - size + 1, 0)",
        "left",
        "patches from the left reach into the holdout",
        ("test_origins::test_all_positions_can_be_had_and_no_other",),
    ),
    Mutant(
        "origins.py",
        "rng.integers((0, 0), self.shape, size=(count, 2))",
        "rng.integers((0, 0), self.shape, size=(count, 2)) // 2 * 2",
        "only every other position can be drawn by darts",
        ("test_origins::test_positions_around_a_holdout_are_uniform",),
    ),
    Mutant(
        "origins.py",
        "rng.permutation(np.argwhere(mask))",
        "np.argwhere(mask)",
        "what is left is filled from the top",
        ("test_origins::test_each_origin_is_uniform_over_the_positions_still_free",),
    ),
    Mutant(
        "origins.py",
        "    if len(origins) < count:\n        raise ValueError(",
        "    if len(origins) < 0:\n        raise ValueError(",
        "a silent shortfall",
        ("test_origins::test_a_distance_that_jams_is_refused_with_one_that_fits",),
    ),
]

PATCHES = [
    Mutant(
        "patches.py",
        "np.rot90(patch, 1, axes=(-2, -1))",
        "np.rot90(patch, 1, axes=(-1, -2))",
        "a quarter turn the other way",
        ("test_patches::test_each_symmetry_does_what_its_name_says",),
    ),
    Mutant(
        "patches.py",
        "np.swapaxes(patch[..., ::-1, ::-1], -2, -1)",
        "np.swapaxes(patch, -2, -1)",
        "two names for one symmetry",
        ("test_patches::test_eight_are_a_group_and_six_are_not",),
    ),
    Mutant(
        "patches.py",
        "divmod(index, len(self._transforms))",
        "reversed(divmod(index, len(self.origins)))",
        "transformations vary slowly, and the last patches lose theirs",
        ("test_patches::test_batches_are_those_of_a_naive_loop",),
    ),
    Mutant(
        "patches.py",
        "holdout=config.holdout",
        "holdout=None",
        "the holdout is forgotten on the way",
        ("test_patches::test_colors_of_the_holdout_are_never_seen",),
    ),
    Mutant(
        "patches.py",
        "features[:, 3:] = self._coordinates",
        "features[1::2, 3:] = self._coordinates",
        "every other patch has coordinates of chance",
        ("test_patches::test_batches_are_those_of_a_naive_loop",),
    ),
]

NETWORKS = [
    Mutant(
        "networks.py",
        "(gradient / (rows * columns))",
        "(gradient / rows**2)",
        "the gradient of the averages is right for square patches only",
        ("test_networks::test_the_gradient_of_the_averages_is_that_of_adaptive_pooling",),
    ),
    Mutant(
        "networks.py",
        "height, width, channels).permute(0, 3, 1, 2)",
        "height, width, channels).permute(0, 3, 1, 2).contiguous()",
        "the gradient of the averages loses its layout, and every layer below copies it",
        ("test_networks::test_the_gradient_of_the_averages_keeps_the_layout",),
    ),
    Mutant(
        "networks.py",
        "features = features * self.in_use",
        "features = features * 1",
        "an ablation that ablates nothing",
        ("test_networks::test_a_feature_that_is_off_is_not_looked_at",),
    ),
    Mutant(
        "networks.py",
        "torch.cat([features[:, :3], ab], dim=1)",
        "torch.cat([features[:, 2:], ab], dim=1)",
        "D is shown coordinates",
        ("test_networks::test_the_papers_discriminator_never_sees_lightness",),
    ),
    Mutant(
        "networks.py",
        "nn.ReLU(inplace=True)",
        "nn.LeakyReLU()",
        "another activation",
        ("test_networks::test_the_generator_is_a_stack_of_convolutions_with_relu",),
    ),
    Mutant(
        "networks.py",
        "return self.layers(features)",
        "return self.layers(features).tanh()",
        "an output that is bounded",
        ("test_networks::test_no_output_is_squashed",),
    ),
    Mutant(
        "networks.py",
        "* layer.dilation[0] * jump",
        "* layer.dilation[0]",
        "strides are forgotten in the receptive field",
        ("test_networks::test_strides_and_dilations_widen_the_field",),
    ),
]

LOSSES = [
    Mutant(
        "losses.py",
        "return _bce(fake_logits, target)",
        "return _bce(-fake_logits, target)",
        "a sign flip: right at logit 0, and gradcheck is content",
        ("test_losses::test_the_generator_gains_when_the_discriminator_believes_it",),
    ),
    Mutant(
        "losses.py",
        "_bce(real_logits, real_target) + _bce(fake_logits, fake_target)",
        "(_bce(real_logits, real_target) + _bce(fake_logits, fake_target)) / 2",
        "half the loss: another equilibrium",
        ("test_losses::test_the_entropy_is_reached_where_the_scores_are_the_targets",),
    ),
    Mutant(
        "losses.py",
        "return binary_cross_entropy_with_logits(logits, wanted)",
        "return -(wanted * logits.sigmoid().log() + (1 - wanted) * (1 - logits.sigmoid()).log()).mean()",
        "the textbook's formula, infinite at large logits",
        ("test_losses::test_losses_and_gradients_stay_finite_at_any_logit",),
    ),
    Mutant(
        "losses.py",
        "return low + (high - low) * torch.rand(shape, generator=rng, device=rng.device)",
        "return (target + jitter * (2 * torch.rand(shape, generator=rng) - 1)).clamp(0, 1)",
        "targets are clipped after drawing and pile up at the ends",
        ("test_losses::test_targets_are_uniform_inside_the_unit_interval",),
    ),
    Mutant(
        "losses.py",
        "ab + std * noise",
        "ab + std**2 * noise",
        "the variance for the deviation",
        ("test_losses::test_noise_is_normal_with_the_std_that_is_asked_for",),
    ),
    Mutant(
        "losses.py",
        "(real_target * p_real + fake_target * p_fake)",
        "(real_target * p_real)",
        "one-sided smoothing alone",
        ("test_losses::test_the_optimal_discriminator_minimises_the_loss_at_each_point",),
    ),
    Mutant(
        "losses.py",
        "score = (real_target + fake_target) / 2",
        "score = real_target / 2",
        "the equilibrium of fake targets at 0",
        ("test_losses::test_losses_at_chance_are_those_of_the_papers_table",),
    ),
]

TRAINING = [
    Mutant(
        "training.py",
        "if config.noise_in_generator_step else fake",
        "if config.noise_std else fake",
        "noise in both steps, whatever the config says",
        ("test_training::test_noise_is_where_the_config_wants_it",),
    ),
    Mutant(
        "training.py",
        "    state.discriminator.requires_grad_(requires_grad=False)  # only G learns here\n",
        "",
        "D's gradients are computed for nothing in G's step",
        ("test_training::test_each_network_is_given_gradients_once_a_step_and_in_its_own_turn",),
    ),
    Mutant(
        "training.py",
        "loss_g = _train_generator(state, features, real, fake)",
        "loss_g = _train_generator(state, features, real, state.generator(features))",
        "G runs twice a step",
        ("test_training::test_the_generator_runs_once_a_step",),
    ),
    Mutant(
        "training.py",
        "np.random.default_rng([config.seed, epoch])",
        "np.random.default_rng(config.seed)",
        "every epoch has the same order",
        ("test_training::test_an_epoch_takes_every_patch_once_in_an_order_of_its_own",),
    ),
    Mutant(
        "training.py",
        "with torch.random.fork_rng(devices=[]):",
        "with torch.enable_grad():",
        "building the networks seeds everybody's random numbers",
        ("test_training::test_global_random_states_neither_matter_nor_move",),
    ),
    Mutant(
        "training.py",
        "config.real_target, config.target_jitter, rng=state.rng)",
        "config.real_target, config.target_jitter, rng=torch.default_generator)",
        "a run that no seed repeats",
        ("test_training::test_the_same_seed_is_bitwise_the_same_run",),
    ),
    Mutant(
        "training.py",
        "real_logits, fake_logits = logits[:count], logits[count:]",
        "fake_logits, real_logits = logits[:count], logits[count:]",
        "D learns to call real fake",
        ("test_training::test_a_step_is_the_algorithm_written_out",),
    ),
    Mutant(
        "training.py",
        "lr=rate, betas=config.betas",
        "lr=rate",
        "Adam's own momentum",
        ("test_training::test_a_step_is_the_algorithm_written_out",),
    ),
    Mutant(
        "training.py",
        "_adam(generator, config.lr_generator, config)",
        "_adam(generator, config.lr_discriminator, config)",
        "G learns at D's rate",
        ("test_training::test_a_step_is_the_algorithm_written_out",),
    ),
    Mutant(
        "training.py",
        "optimizer.zero_grad()",
        "optimizer.state_dict()",
        "gradients of all steps add up",
        ("test_training::test_a_step_is_the_algorithm_written_out",),
    ),
    Mutant(
        "training.py",
        "if not math.isfinite(value):",
        "if math.isinf(value):",
        "NaN is no reason to stop",
        ("test_training::test_a_discriminator_that_breaks_is_named_with_its_step",),
    ),
]

CHECKPOINT = [
    Mutant(
        "checkpoint.py",
        '    state.rng.set_state(content["rng"])\n',
        "",
        "a resumed run draws other noise",
        ("test_checkpoint::test_a_resumed_run_is_one_that_was_never_stopped",),
    ),
    Mutant(
        "checkpoint.py",
        '_PARTS = ("generator", "discriminator", "optimizer_g", "optimizer_d")',
        '_PARTS = ("generator", "discriminator", "optimizer_g")',
        "half a checkpoint",
        ("test_checkpoint::test_a_resumed_run_is_one_that_was_never_stopped",),
    ),
    Mutant(
        "checkpoint.py",
        "weights_only=True",
        "weights_only=False",
        "a stranger's file runs code",
        ("test_checkpoint::test_code_in_a_checkpoint_does_not_run",),
    ),
    Mutant(
        "checkpoint.py",
        'if content["rgb_sha256"] != pixels_sha256(rgb):',
        'if len(content["rgb_sha256"]) != len(pixels_sha256(rgb)):',
        "another photograph is trained on",
        ("test_checkpoint::test_another_photograph_is_refused",),
    ),
    Mutant(
        "checkpoint.py",
        "zipfile.ZipFile(data).testzip()",
        "zipfile.ZipFile(data).comment",
        "a changed weight is not noticed",
        ("test_checkpoint::test_a_changed_weight_is_noticed",),
    ),
    Mutant(
        "checkpoint.py",
        "if shapes != _weight_shapes(config):",
        "if len(shapes) != len(_weight_shapes(config)):",
        "a config that fits no weights is built before it is compared",
        ("test_checkpoint::test_a_generator_of_another_make_is_refused",),
    ),
    Mutant(
        "files.py",
        "Path(temporary).replace(target)",
        "target.write_bytes(data)",
        "the old file is overwritten in place",
        ("test_checkpoint::test_a_hundred_kills_while_saving_lose_nothing",),
    ),
    Mutant(
        "files.py",
        "            os.fsync(file.fileno())\n",
        "",
        "the name may reach the disk before the bytes",
        ("test_files::test_the_name_is_taken_only_when_all_bytes_are_on_the_disk",),
    ),
    Mutant(
        "files.py",
        "        Path(temporary).unlink(missing_ok=True)\n",
        "",
        "what failed stays behind",
        ("test_files::test_whatever_fails_the_old_file_stays_and_nothing_else",),
    ),
]

COLORIZING = [
    Mutant(
        "colorizing.py",
        "profile = np.minimum(profile, profile[::-1])",
        "profile = profile + 0 * profile[::-1]",
        "tiles fade in and end abruptly",
        ("test_colorizing::test_the_window_is_positive_and_looks_alike_from_every_side",),
    ),
    Mutant(
        "colorizing.py",
        "        profile[phase::stride] /= profile[phase::stride].sum()\n",
        "        profile[phase::stride] /= 1\n",
        "windows that do not add up",
        ("test_colorizing::test_the_windows_of_all_tiles_add_up_to_one",),
    ),
    Mutant(
        "colorizing.py",
        "_mirror(np.arange(top - 1, top + size + 1), height)",
        "np.clip(np.arange(top - 1, top + size + 1), 0, height - 1)",
        "the border is smeared instead of mirrored",
        ("test_colorizing::test_tiles_are_those_of_a_naive_loop",),
    ),
    Mutant(
        "colorizing.py",
        "size = generator.size if size is None else size",
        "size = 16 if size is None else size",
        "tiles of another size than the patches of training",
        ("test_colorizing::test_the_tile_is_the_generators_own_patch",),
    ),
    Mutant(
        "colorizing.py",
        "tile * window",
        "tile / size**2",
        "a plain mean of tiles: seams at every border",
        ("test_colorizing::test_blended_tiles_have_no_seam",),
    ),
    Mutant(
        "colorizing.py",
        "yield max(top, 0), unscale_ab(done)",
        "yield max(top, 0), done",
        "scaled ab passes for ab",
        ("test_colorizing::test_every_pixel_is_covered",),
    ),
    Mutant(
        "colorizing.py",
        "    lightness = _lightness(rgb)\n",
        "    lightness = rgb_to_lab(rgb)[..., 0]\n",
        "a large picture is converted whole",
        ("test_colorizing::test_memory_above_the_image_is_bounded[12 MP]",),
    ),
]

METRICS = [
    Mutant(
        "metrics.py",
        "np.asarray(deltaE_ciede2000(first, second), np.float32)",
        "np.linalg.norm(first - second, axis=-1).astype(np.float32)",
        "the plain distance in LAB",
        ("test_metrics::test_differences_are_sharmas",),
    ),
    Mutant(
        "metrics.py",
        "spread + 0.3 *",
        "spread + 0.37 *",
        "another weight than Hasler and Süsstrunk's",
        ("test_metrics::test_colorfulness_of_two_colors_by_hand",),
    ),
    Mutant(
        "metrics.py",
        "where)[:, 1:].mean(axis=0)",
        "None)[:, 1:].mean(axis=0)",
        "the mean of the whole picture, held-out part included",
        ("test_metrics::test_a_baseline_can_be_fitted_on_a_part",),
    ),
    Mutant(
        "metrics.py",
        "constant_color(rgb, min(fits, key=lambda fit: fit.fun).x)",
        "constant_color(rgb, starts[1])",
        "the mean for the best constant",
        ("test_metrics::test_the_best_constant_beats_the_mean_where_colors_are_two",),
    ),
    Mutant(
        "metrics.py",
        "KDTree(features).query(asked)",
        "KDTree(features[:, :1]).query(asked[:, :1])",
        "neighbours in lightness alone",
        ("test_metrics::test_the_nearest_neighbor_is_that_of_a_naive_search",),
    ),
]

CONFIG = [
    Mutant(
        "config.py",
        "math.ceil(self.num_patches / self.batch_size)",
        "self.num_patches // self.batch_size",
        "156 batches: the last eight patches are never seen",
        ("test_config::test_batches_cover_every_patch_once_an_epoch",),
    ),
    Mutant(
        "config.py",
        "min(1.0, target + jitter)",
        "target + jitter",
        "targets above 1, where the loss has no lower bound",
        ("test_losses::test_targets_never_leave_the_unit_interval",),
    ),
    Mutant(
        "config.py",
        "return isinstance(value, int) and not isinstance(value, bool) and value >= least",
        "return isinstance(value, int) and value >= least",
        "True counts as 1",
        ("test_config::test_a_bad_value_is_refused_with_field_value_and_limit",),
    ),
    Mutant(
        "config.py",
        "return real and low <= value <= high",
        "return real and math.isfinite(value) and low <= value <= high",
        "a whole number too large for a float ends in an OverflowError",
        ("test_config::test_a_bad_value_is_refused_with_field_value_and_limit",),
    ),
    Mutant(
        "config.py",
        "        if unknown:\n",
        "        if len(unknown) > len(settings):\n",
        "a misspelt setting is ignored",
        ("test_config::test_another_dict_is_refused",),
    ),
    Mutant(
        "__init__.py",
        "import lazy_loader\n",
        "import lazy_loader\nimport numpy\n",
        "importing the package costs what it imports",
        ("test_init::test_importing_the_package_loads_nothing_heavy",),
    ),
]

RUNS = [
    Mutant(
        "runs.py",
        """    return path.is_file() and json.loads(path.read_text(encoding="utf-8"))["finished"]
""",
        "    return path.is_file()\n",
        "a run in progress counts as finished",
        ("test_runs::test_finished_runs_are_found_in_order",),
    ),
    Mutant(
        "runs.py",
        "step = (epoch - 1) * Config.paper()",
        "step = epoch * Config.paper()",
        "the paper's table starts an epoch late",
        ("test_runs::test_the_papers_table_is_as_printed",),
    ),
    Mutant(
        "recording.py",
        " or step == config.total_steps\n",
        "\n",
        "the finished picture may be missing",
        ("test_runs::test_the_last_picture_is_kept_whatever_the_length",),
    ),
    Mutant(
        "plotting.py",
        "_draw_losses(panel, history, equilibria[name])",
        "_draw_losses(panel, history, next(iter(equilibria.values())))",
        "every run is compared with the first one's chance",
        ("test_plotting::test_runs_are_compared_on_one_scale_each_with_its_own_chance",),
    ),
    Mutant(
        "exercises/training.py",
        "parameter.grad = torch.ones_like(parameter)",
        "parameter.grad = None",
        "a reader who forgets zero_grad is told that all is well",
        ("test_exercises_training::test_a_wrong_step_is_explained",),
    ),
    Mutant(
        "exercises/honest_colour.py",
        "tail <= _LEVEL,",
        "tail <= 0.06,",
        "a coin may be right in 8 of 10",
        ("test_exercises_honest_colour::test_a_wrong_number_is_explained",),
    ),
    Mutant(
        "exercises/honest_colour.py",
        "found.source_sha256 == wanted.source_sha256",
        "found.system",
        "any label will do, also one that names another source",
        ("test_exercises_honest_colour::test_a_wrong_copy_is_explained",),
    ),
    Mutant(
        "exercises/networks.py",
        "right = _field(kernels, [1, *strides[:-1]])",
        "right = _field(kernels, [1] * len(kernels))",
        "a field that ignores the strides is right",
        ("test_exercises_networks::test_a_right_field",),
    ),
    Mutant(
        "exercises/networks.py",
        "require(source != place,",
        "require(source != place or place > 0,",
        "the patch in the middle may keep its colours",
        ("test_exercises_networks::test_what_a_discriminator_can_see_is_explained",),
    ),
    Mutant(
        "exercises/networks.py",
        "        not missing,\n",
        "        len(missing) < len(ab),\n",
        "patches may be lost from the batch",
        ("test_exercises_networks::test_what_a_discriminator_can_see_is_explained",),
    ),
    Mutant(
        "plotting.py",
        "set(xlim=(0, 1), ylim=(len(scores)",
        "set(ylim=(len(scores)",
        "every frame has its own scale of scores",
        ("test_plotting::test_frames_of_an_explorer_stand_still",),
    ),
]

GAN_LOSSES = [
    Mutant(
        "exercises/gan_losses.py",
        " and not np.allclose(slip, exact, rtol=1e-4)",
        "",
        "with a fake target of 0 the right slope is taken for the one-sided slip",
        ("test_exercises_gan_losses::test_a_right_pull",),
    ),
    Mutant(
        "exercises/gan_losses.py",
        "[(0.9, 0.1), (0.9, 0.0), (0.8, 0.3)]",
        "[(0.9, 0.0)]",
        "two-sided smoothing is never asked for",
        ("test_exercises_gan_losses::test_a_wrong_pull_is_explained",),
    ),
    Mutant(
        "plotting.py",
        "widths = (3.2, 1.6)",
        "widths = (1.6, 3.2)",
        "where both kinds of smoothing agree, one hides the other",
        ("test_plotting::test_two_kinds_of_smoothing_are_both_seen_where_they_agree",),
    ),
    Mutant(
        "plotting.py",
        'if math.isfinite(now[row]) else "∞"',
        'if now[row] else "∞"',
        "a loss without limit reads inf",
        ("test_plotting::test_the_losses_of_the_game_stand_beside_their_values_at_chance",),
    ),
]

PIXELGAN = [
    Mutant(
        "pixelgan.py",
        "target=self.generator_target)",
        "target=self.real_target)",
        "G is held to D's target for real pixels",
        ("test_pixelgan::test_a_step_is_the_algorithm_written_out_in_numpy",),
    ),
    Mutant(
        "pixelgan.py",
        "real + self.noise_std * real_noise",
        "real",
        "real pixels get no noise",
        ("test_pixelgan::test_a_step_is_the_algorithm_written_out_in_numpy",),
    ),
    Mutant(
        "pixelgan.py",
        "shown = fake + self.noise_std * generator_noise if self.noise_in_generator_step else fake",
        "shown = fake + self.noise_std * generator_noise",
        "the paper's noiseless step of G is lost",
        ("test_pixelgan::test_a_step_is_the_algorithm_written_out_in_numpy",),
    ),
    Mutant(
        "pixelgan.py",
        "torch.cat([lightness, ab], dim=1) if self.conditional else ab",
        "torch.cat([ab, lightness], dim=1) if self.conditional else ab",
        "D's inputs change places, and no longer match the page's",
        ("test_pixelgan::test_a_step_is_the_algorithm_written_out_in_numpy",),
    ),
    Mutant(
        "pixelgan.py",
        "_descend(self._adam_g, loss_g, self.lr_generator)",
        "_descend(self._adam_g, loss_g, self.lr_discriminator)",
        "G learns at D's rate",
        ("test_pixelgan::test_a_step_is_the_algorithm_written_out_in_numpy",),
    ),
    Mutant(
        "pixelgan.py",
        "_descend(self._adam_g, loss_g,",
        "_descend(self._adam_g, -loss_g,",
        "G learns to be caught",
        ("test_pixelgan::test_each_player_moves_against_its_own_loss",),
    ),
    Mutant(
        "pixelgan.py",
        "self.judge(lightness, fake.detach() + self.noise_std * fake_noise)",
        "self.judge(lightness, fake.detach() + self.noise_std * real_noise)",
        "both sides share one noise",
        ("test_pixelgan::test_a_step_is_the_algorithm_written_out_in_numpy",),
    ),
    Mutant(
        "pixelgan.py",
        "with torch.random.fork_rng(devices=[]):",
        "with torch.enable_grad():",
        "the global random state is seeded",
        ("test_pixelgan::test_one_seed_is_one_game_and_global_randomness_stays",),
    ),
    Mutant(
        "pixelgan.py",
        "np.clip(lightness, 0, 100) / 100 * (LEVELS - 1)",
        "np.clip(lightness, 0, 100) / 100 * 128",
        "the table is read at half its length",
        ("test_pixelgan::test_colorize_looks_each_lightness_up",),
    ),
    Mutant(
        "pixelgan.py",
        "torch.linspace(-1, 1, LEVELS",
        "torch.linspace(0, 1, LEVELS",
        "the table begins at mid-grey",
        ("test_pixelgan::test_the_table_is_the_generator_at_every_lightness",),
    ),
    Mutant(
        "pixelgan.py",
        "interpolation=cv2.INTER_AREA",
        "interpolation=cv2.INTER_NEAREST",
        "one pixel stands for its area",
        ("test_pixelgan::test_shrink_takes_the_mean_of_areas",),
    ),
]

JOBS = [
    Mutant(
        "jobs.py",
        "return self.files[-1].exists()",
        "return self.files[0].exists()",
        "half a result counts as done",
        ("test_jobs::test_the_last_file_is_written_last_and_says_done",),
    ),
    Mutant(
        "jobs.py",
        "wanted = [job for job in jobs if not job.done]",
        "wanted = jobs",
        "finished jobs are computed again",
        ("test_jobs::test_what_is_on_disk_is_not_computed_again",),
    ),
    Mutant(
        "jobs.py",
        "None if len(pending) >= IN_FLIGHT else 0",
        "0",
        "every photograph is held at once",
        ("test_jobs::test_no_more_jobs_are_in_flight_than_their_photographs_fit_in_memory",),
    ),
    Mutant(
        "jobs.py",
        "    if failed or missing:\n",
        "    if missing:\n",
        "failed jobs are passed over in silence",
        ("test_jobs::test_a_failure_is_named_and_the_rest_go_on",),
    ),
    Mutant(
        "sweep.py",
        "late = records[len(records) // 2 :]",
        "late = records",
        "the restless beginning counts in the mean losses",
        ("test_sweep::test_a_run_is_the_training_that_its_config_describes",),
    ),
    Mutant(
        "sweep.py",
        "float(error[~held_out].mean())",
        "float(error.mean())",
        "held-out pixels count as seen",
        ("test_sweep::test_seen_and_held_out_pixels_are_told_apart",),
    ),
    Mutant(
        "sweep.py",
        "[config.to_dict(), pixels_sha256(rgb)]",
        "[config.to_dict()]",
        "one photograph's run is taken for another's",
        ("test_sweep::test_another_photograph_is_another_run",),
    ),
    Mutant(
        "sweep.py",
        "    if missing:\n",
        "    if missing > 100:\n",
        "a sweep with gaps passes for whole",
        ("test_sweep::test_a_sweep_that_is_not_whole_is_refused",),
    ),
    Mutant(
        "metrics.py",
        "np.median(known[steps == step, 1:], axis=0)",
        "np.mean(known[steps == step, 1:], axis=0)",
        "a step of lightness gets its mean colour",
        ("test_metrics::test_each_lightness_gets_the_medians_of_its_step",),
    ),
    Mutant(
        "metrics.py",
        ".astype(int), bins - 1)",
        ".astype(int), bins)",
        "white has no step of its own",
        ("test_metrics::test_white_belongs_to_the_last_step_and_an_empty_step_is_grey",),
    ),
    Mutant(
        "exercises/results.py",
        'low + right: "the corner is counted twice',
        'low * right: "the corner is counted twice',
        "a corner counted twice is not explained",
        ("test_exercises_results",),
    ),
    Mutant(
        "devices.py",
        "mallopt(_MMAP_MAX, 0)",
        "mallopt(_MMAP_MAX, 65536)",
        "every large tensor is mapped anew",
        ("test_devices::test_freed_memory_is_used_again",),
    ),
    Mutant(
        "album.py",
        "if not same or read_results(model).get(",
        "if not same and read_results(model).get(",
        "a model of another photograph passes for this one's",
        ("test_album::test_an_album_of_other_settings_or_photographs_is_left_alone",),
    ),
    Mutant(
        "album.py",
        "return config.to_dict(), read.rgb, read.source_sha256",
        'return config.to_dict(), read.rgb, ""',
        "an album's pictures do not name their source",
        ("test_album::test_its_pictures_are_labelled_with_their_source",),
    ),
    Mutant(
        "origins.py",
        "    if _least_square(distance) == 0:\n",
        "    if distance < 0:\n",
        "without a distance, throws are thinned out",
        ("test_origins::test_without_a_distance_an_origin_may_come_twice",),
    ),
    Mutant(
        "networks.py",
        "if name not in ALL_FEATURES]:",
        "if name in ()]:",
        "a misspelt feature switches all of them off",
        ("test_networks::test_an_unknown_feature_is_refused",),
    ),
]

EXPLORERS = [
    Mutant(
        "explorers.py",
        "FRAME_BYTES = 15_000",
        "FRAME_BYTES = 20_000",
        "frames take a third more than a page can bear",
        ("test_explorers::test_a_frame_has_fifteen_kilobytes_on_average",),
    ),
    Mutant(
        "explorers.py",
        "took <= budget and largest <= LARGEST_FRAME",
        "took <= budget",
        "one frame takes the bytes of all others",
        ("test_explorers::test_no_frame_takes_the_bytes_of_all_others",),
    ),
    Mutant(
        "explorers.py",
        "product(SCALES, ways",
        "product(SCALES[:1], ways",
        "frames that are too rich are refused instead of drawn with fewer pixels",
        ("test_explorers::test_frames_with_fewer_pixels_are_shown_at_the_same_size",),
    ),
    Mutant(
        "explorers.py",
        "html.escape(t)",
        "t",
        "a text with a quotation mark ends too early",
        ("test_explorers::test_alternative_text_is_escaped",),
    ),
    Mutant(
        "explorers.py",
        "texts.count(text) > 1",
        "texts.count(text) > len(texts)",
        "two settings may have the same text",
        ("test_explorers::test_every_setting_needs_a_text_of_its_own",),
    ),
    Mutant(
        "explorers.py",
        "pictures[i : i + each]",
        "pictures[i::each]",
        "the two sliders are mixed up",
        ("test_explorers::test_two_sliders_move_a_stack_of_stacks",),
    ),
    Mutant(
        "explorers.py",
        '(stack, "selected_index"))',
        '(slider, "index"))',
        "the slider moves itself and no picture",
        ("test_explorers::test_one_slider_is_linked_to_its_pictures",),
    ),
    Mutant(
        "explorers.py",
        'children[change["new"]]',
        "children[0]",
        "in Colab the picture stays",
        ("test_explorers::test_without_stack_the_kernel_swaps_the_picture",),
    ),
]

MUTANTS = [
    *COLOR,
    *FEATURES,
    *ORIGINS,
    *PATCHES,
    *NETWORKS,
    *LOSSES,
    *TRAINING,
    *CHECKPOINT,
    *COLORIZING,
    *METRICS,
    *GAN_LOSSES,
    *PIXELGAN,
    *CONFIG,
    *RUNS,
    *JOBS,
    *EXPLORERS,
]
