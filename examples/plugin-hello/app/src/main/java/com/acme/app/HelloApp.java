package com.acme.app;

import com.google.inject.Guice;
import io.espalier.core.EspalierModule;
import io.espalier.core.Hparam;
import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.FrozenAxis;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.verify.Verification;
import io.espalier.onnx.verify.Verifier;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Writes a network, opens its search space, cuts the smallest network of widths that are multiples
 * of 8 from it, and checks that against the masked original.
 */
public final class HelloApp {
  private HelloApp() {}

  /** Runs it; the argument is a folder for gated.onnx and gated-small.onnx, or else this one. */
  public static void main(String[] args) {
    Path folder = Path.of(args.length > 0 ? args[0] : "");
    Path file = folder.resolve("gated.onnx");
    Path smallFile = folder.resolve("gated-small.onnx");
    new OnnxEdit(GatedNetwork.build(17)).write(file);

    SearchSpaces spaces =
        Guice.createInjector(new EspalierModule()).getInstance(SearchSpaces.class);
    SearchSpace space = spaces.generate(file, Rules.everything());
    for (Hparam hparam : space.configurableHparams().values()) {
      hparam.setChoices(hparam.choices().stream().filter(c -> c.number() % 8 == 0).toList());
    }
    space.printSummary();
    System.out.println("\nMay not change:");
    for (FrozenAxis axis : space.frozen()) {
      System.out.println("  " + axis.layer() + "." + axis.axis() + ": " + axis.reason());
    }

    space.sortParameters();
    space.sample(Samplers.min());
    space.export().save(smallFile);

    OnnxModel original = OnnxModel.read(file);
    OnnxModel small = OnnxModel.read(smallFile);
    System.out.println("\nThe smallest:");
    original
        .initializers()
        .forEach(
            (name, tensor) ->
                System.out.println(
                    "  "
                        + name
                        + " "
                        + Arrays.toString(tensor.dims())
                        + " -> "
                        + Arrays.toString(small.initializers().get(name).dims())));
    Verification verification = Verifier.verify(original, small, space.manifest());
    System.out.println(
        "\nRelative error against the masked original: "
            + verification.worst()
            + (verification.passed() ? " (passed)" : " (FAILED) " + verification.note()));
  }
}
