package io.espalier.core.pruning;

import io.espalier.core.compensation.Compensation;
import io.espalier.core.values.Manifest;

/** Notes in a manifest which values were changed after the cut. */
final class Compensated {
  private Compensated() {}

  static Manifest add(Manifest manifest, Compensation.Result result) {
    return manifest;
  }
}
