package io.espalier.contrib;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.core.values.Manifest;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.verify.Control;
import io.espalier.onnx.verify.Verification;
import io.espalier.onnx.verify.Verifier;
import io.espalier.onnx.verify.VerifyOptions;
import java.util.Random;

/** Compares sub-networks of a space with their masked originals, with wrong masks as a control. */
final class Soundness {
  private static final int CONTROLS = 2;

  private Soundness() {}

  /**
   * Compares the smallest network and random ones.
   *
   * @return how many wrong masks were seen; in a network that was not trained, not every one is
   */
  static int check(OnnxModel model, SearchSpace space, int networks) {
    Verifier verifier = new Verifier(model, VerifyOptions.defaults());
    Random random = new Random(networks);
    space.sortParameters();
    boolean conclusive = false;
    int seen = 0;
    for (int i = 0; i < networks; i++) {
      space.sample(i == 0 ? Samplers.min() : Samplers.random(random));
      OnnxModel carved = ((OnnxNetwork) space.export()).model();
      Manifest manifest = space.manifest();
      Verification verification = verifier.verify(carved, manifest);
      assertTrue(verification.passed(), () -> verification + " at " + space.config());
      conclusive |= verification.conclusive();
      if (verification.conclusive()) {
        for (Manifest wrong : Control.shiftedByOne(model, manifest, random, CONTROLS)) {
          seen += verifier.verify(carved, wrong).agrees() ? 0 : 1;
        }
      }
    }
    assertTrue(conclusive, "no comparison shows anything");
    return seen;
  }
}
