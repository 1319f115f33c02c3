package io.espalier.contrib;

import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.onnx.OnnxBackend;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.OpId;
import java.util.Set;

/** Search spaces with this plugin, and as they are without its JAR. */
final class Space {
  private static final DMRegistry WITH = DMRegistry.discover(Space.class.getClassLoader());
  private static final DMRegistry WITHOUT =
      WITH.without(
              WITH.modules().entrySet().stream()
                  .filter(entry -> isOurs(entry.getValue()))
                  .map(entry -> entry.getKey())
                  .toArray(String[]::new))
          .without(
              WITH.operators().stream()
                  .filter(operator -> isOurs(WITH.rule(operator).orElseThrow()))
                  .toArray(OpId[]::new));

  private Space() {}

  private static boolean isOurs(Object entry) {
    return entry.getClass().getPackageName().equals(Space.class.getPackageName());
  }

  static SearchSpace with(Object source) {
    return open(source, WITH);
  }

  static SearchSpace without(Object source) {
    return open(source, WITHOUT);
  }

  private static SearchSpace open(Object source, DMRegistry registry) {
    return new SearchSpaces(Set.of(new OnnxBackend()), registry)
        .strict()
        .generate(source, Rules.everything());
  }
}
