package io.espalier.onnx.runtime;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.onnx.file.ClosedBranches;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.trace.ShapeSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shapes inside a model as ONNX Runtime finds them. Nothing is loaded before somebody asks. A model
 * that the runtime does not load, for an operator that it does not know for instance, has no
 * answers.
 */
public final class RuntimeShapes implements ShapeSource {
  private static final Logger LOG = LoggerFactory.getLogger(RuntimeShapes.class);

  /** What these give is as large as the data say, even if two runs happen to agree. */
  private static final Set<String> SIZED_BY_DATA =
      Set.of("Compress", "ImageDecoder", "NonMaxSuppression", "NonZero", "Unique");

  /** Integers are drawn below these: some are indices into small tables. */
  private static final List<Long> BOUNDS = List.of(100L, 2L, 1L);

  private final OnnxModel model;

  public RuntimeShapes(OnnxModel model) {
    this.model = model;
  }

  @Override
  public int firstThatRuns(List<List<Map<String, long[]>>> candidates) {
    return ask(
        List.of(),
        -1,
        session -> {
          for (int i = 0; i < candidates.size(); i++) {
            if (candidates.get(i).stream().allMatch(shapes -> runs(session, shapes))) {
              return i;
            }
          }
          return -1;
        });
  }

  private static boolean runs(OnnxSession session, Map<String, long[]> shapes) {
    return run(session, shapes, 0).isPresent();
  }

  @Override
  public Map<String, long[]> shapes(Map<String, long[]> inputs, Collection<String> tensors) {
    Set<String> asked = new LinkedHashSet<>(tensors);
    for (NodeProto node : model.nodes()) {
      if (SIZED_BY_DATA.contains(node.getOpType())) {
        node.getOutputList().forEach(asked::remove);
      }
    }
    if (asked.isEmpty()) {
      return Map.of();
    }
    return ask(
        asked,
        Map.of(),
        session -> {
          Optional<Map<String, ValueSpec>> first = run(session, inputs, 0);
          Optional<Map<String, ValueSpec>> second =
              first.isEmpty() ? first : run(session, inputs, 1);
          return second.isEmpty() ? Map.of() : agreed(asked, first.orElseThrow(), second.get());
        });
  }

  private static Map<String, long[]> agreed(
      Set<String> asked, Map<String, ValueSpec> first, Map<String, ValueSpec> second) {
    Map<String, long[]> shapes = new HashMap<>();
    for (String name : asked) {
      ValueSpec one = first.get(name);
      ValueSpec other = second.get(name);
      if (one != null
          && other != null
          && Arrays.equals(one.shape(), other.shape())
          && Arrays.stream(one.shape()).allMatch(length -> length > 0)) {
        shapes.put(name, one.shape());
      }
    }
    return shapes;
  }

  private <T> T ask(Collection<String> values, T otherwise, Function<OnnxSession, T> question) {
    OnnxModel closed = ClosedBranches.of(model);
    Set<String> visible = new LinkedHashSet<>(values);
    if (closed != model) {
      Set<String> made = new HashSet<>();
      closed.nodes().forEach(node -> made.addAll(node.getOutputList()));
      visible.retainAll(made);
    }
    try (OnnxSession session = ShapeProbe.open(closed, visible)) {
      return question.apply(session);
    } catch (RuntimeException e) {
      LOG.debug("{} tells no shapes", model, e);
      return otherwise;
    }
  }

  /** What one run gives; empty if there is none. */
  private static Optional<Map<String, ValueSpec>> run(
      OnnxSession session, Map<String, long[]> shapes, long seed) {
    for (long bound : BOUNDS) {
      try {
        RandomInputs random = RandomInputs.seeded(seed).withIntegerBound(bound);
        return Optional.of(session.runForSpecs(random.forModel(session, shapes)));
      } catch (OnnxRunException e) {
        LOG.debug("no run at {} with integers below {}", shapes.keySet(), bound, e);
      }
    }
    return Optional.empty();
  }
}
