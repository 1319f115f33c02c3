package io.espalier.onnx.verify;

import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Manifest;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.spi.DMRegistry;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * A model, one carved from it, and what was cut.
 *
 * @param original the model
 * @param small the one carved from it
 * @param manifest what was cut
 */
record Carved(OnnxModel original, OnnxModel small, Manifest manifest) {
  private static final SearchSpaces SPACES =
      new SearchSpaces(
          Set.of(new OnnxBackend()), DMRegistry.discover(Carved.class.getClassLoader()));

  /** Every choice is the middle one, or the narrower of two. */
  static Carved half(OnnxModel model) {
    return of(model, choices -> choices.get((choices.size() - 1) / 2));
  }

  static Carved of(OnnxModel model, Function<List<Choice>, Choice> choice) {
    SearchSpace space = SPACES.generate(model, Rules.everything());
    space.sample(choice);
    return new Carved(model, ((OnnxNetwork) space.export()).model(), space.manifest());
  }

  Verification verify() {
    return verify(VerifyOptions.defaults());
  }

  Verification verify(VerifyOptions options) {
    return Verifier.verify(original, small, manifest, options);
  }

  /** The same with another small model. */
  Carved with(OnnxModel other) {
    return new Carved(original, other, manifest);
  }
}
