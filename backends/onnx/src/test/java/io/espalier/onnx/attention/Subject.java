package io.espalier.onnx.attention;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Manifest;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.verify.Control;
import io.espalier.onnx.verify.Verification;
import io.espalier.onnx.verify.Verifier;
import io.espalier.onnx.verify.VerifyOptions;
import io.espalier.spi.DMRegistry;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** A network whose space is looked at, and whose cuts are proved. */
public final class Subject {
  private static final int CONTROLS = 4;

  private final OnnxNetwork network;
  private final SearchSpace space;

  private Subject(OnnxNetwork network, Rules rules) {
    this.network = network;
    SearchSpaces spaces =
        new SearchSpaces(
            Set.of(new OnnxBackend()), DMRegistry.discover(Subject.class.getClassLoader()));
    this.space = spaces.generate(network, rules);
  }

  /** Everything open. */
  public static Subject of(OnnxModel model) {
    return new Subject(OnnxNetwork.of(model, "a test network"), Rules.everything());
  }

  /** Everything open. */
  public static Subject of(OnnxGraphBuilder builder) {
    return of(builder.build());
  }

  /** Everything open. */
  public static Subject of(Path file) {
    return new Subject(OnnxNetwork.read(file), Rules.everything());
  }

  /** A space under rules. */
  public static SearchSpace under(OnnxModel model, String rules) {
    return new Subject(OnnxNetwork.of(model, "a test network"), Rules.parse(rules)).space;
  }

  /** The space. */
  public SearchSpace space() {
    return space;
  }

  /** The names of the widths one may search over, in graph order. */
  public List<String> widths() {
    return space.configurableHparams().keySet().stream()
        .filter(name -> !name.endsWith(".kernel_size") && !name.endsWith(".depth"))
        .toList();
  }

  /** What a width is made of. */
  public String layout(String name) {
    return space.hparam(name).layout();
  }

  /** The choices of every depth, by name, in graph order. */
  public Map<String, List<Choice>> depths() {
    Map<String, List<Choice>> depths = new LinkedHashMap<>();
    space
        .configurableHparams()
        .forEach(
            (name, hparam) -> {
              if (name.endsWith(".depth")) {
                depths.put(name, hparam.choices());
              }
            });
    return depths;
  }

  /** The narrowest network, and random ones, compute what the masked original does. */
  public Subject proves(int configs, Map<String, List<Long>> shapes) {
    VerifyOptions options = VerifyOptions.defaults().withShapes(shapes);
    Random random = new Random(5);
    space.sortParameters();
    for (int i = 0; i < configs; i++) {
      if (i == 0) {
        space.sample(Samplers.min());
      } else {
        space.sample(Samplers.random(random));
      }
      OnnxModel carved = carved();
      Verification verification =
          Verifier.verify(network.model(), carved, space.manifest(), options);
      assertTrue(verification.passed(), space.config() + ": " + verification);
    }
    return this;
  }

  /** Half of everything: with any edge shifted by one the comparison fails. */
  public Subject noticesWrongCuts() {
    space.sample(choices -> choices.get(choices.size() / 2));
    OnnxModel carved = carved();
    Manifest manifest = space.manifest();
    assertTrue(Verifier.verify(network.model(), carved, manifest).passed());
    List<Manifest> wrong = Control.shiftedByOne(manifest, new Random(2), CONTROLS);
    assertTrue(wrong.size() > 1, "too few edges are cut for a control");
    for (Manifest control : wrong) {
      assertFalse(
          Verifier.verify(network.model(), carved, control).agrees(), "a wrong cut was not seen");
    }
    return this;
  }

  /** The smaller model that the active config describes. */
  public OnnxModel carved() {
    return ((OnnxNetwork) space.export()).model();
  }
}
