sicganTouch.give("darts", {"dice":[28,27,29,28,28,26,28,27,27,28]});
