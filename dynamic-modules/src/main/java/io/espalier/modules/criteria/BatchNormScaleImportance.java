package io.espalier.modules.criteria;

import com.google.auto.service.AutoService;
import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.Use;

/**
 * By how much batch norms scale a unit (Liu et al., Learning Efficient Convolutional Networks
 * through Network Slimming, ICCV 2017), the mean over all that it goes through. Where a weight
 * reads units without a batch norm, it ranks them by {@link L2Importance}: there are none left in a
 * file whose norms were folded into the convolutions.
 */
@AutoService(ImportanceCriterion.class)
public final class BatchNormScaleImportance implements ImportanceCriterion {
  private static final L2Importance WITHOUT_NORMS = new L2Importance();

  @Override
  public String key() {
    return "batch_norm_scale";
  }

  @Override
  public double[] score(Use use, int axis) {
    double[] scales = use.normScales(axis).orElse(null);
    if (scales == null) {
      return WITHOUT_NORMS.score(use, axis);
    }
    for (double scale : scales) {
      if (!Double.isFinite(scale)) {
        throw new ArithmeticException(
            "a batch norm before " + use.node() + " holds a scale that is not finite");
      }
    }
    return scales;
  }
}
