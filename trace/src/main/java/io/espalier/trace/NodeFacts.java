package io.espalier.trace;

import io.espalier.spi.Linear;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the rule of a node declared beside its types.
 *
 * @param attributes integer attributes that follow widths
 * @param elements elements of integer inputs that follow widths
 * @param positions integer inputs that hold positions along axes
 * @param indexed inputs whose values are positions along an axis of a stored parameter
 * @param replaced by the input that carving adds, the attribute that goes then
 * @param optional inputs that are left out where a width of the node changes
 * @param macs products of extents that add up to the node's multiply-accumulate operations
 * @param normalised input axes that the node normalises over
 * @param unmaskable inputs that must not be masked
 * @param statistics inputs that hold running statistics, which are no parameters
 * @param linear how the first output depends linearly on weights; empty where it does not
 * @param groups the groups that channels fall into, where these have positions inside
 * @param affine how the first output is a sum of inputs; null where it is none
 * @param rectified the input of which only the positive part matters; -1 for none
 * @param selected the input whose elements the first output is chosen from, by size; -1 for none
 */
public record NodeFacts(
    List<AttributeTarget> attributes,
    List<ElementTarget> elements,
    List<Positions> positions,
    List<Indexed> indexed,
    Map<Integer, String> replaced,
    Set<Integer> optional,
    List<List<Layout>> macs,
    List<Normalised> normalised,
    Set<Integer> unmaskable,
    Set<Integer> statistics,
    List<Linear> linear,
    List<Groups> groups,
    @Nullable Affine affine,
    int rectified,
    int selected) {
  /** A node whose rule declared nothing. */
  public static final NodeFacts NONE =
      new NodeFacts(
          List.of(), List.of(), List.of(), List.of(), Map.of(), Set.of(), List.of(), List.of(),
          Set.of(), Set.of(), List.of(), List.of(), null, -1, -1);

  public NodeFacts {
    attributes = List.copyOf(attributes);
    elements = List.copyOf(elements);
    positions = List.copyOf(positions);
    indexed = List.copyOf(indexed);
    replaced = Map.copyOf(replaced);
    optional = Set.copyOf(optional);
    macs = macs.isEmpty() ? List.of() : macs.stream().map(List::copyOf).toList();
    normalised = List.copyOf(normalised);
    unmaskable = Set.copyOf(unmaskable);
    statistics = Set.copyOf(statistics);
    linear = List.copyOf(linear);
    groups = List.copyOf(groups);
  }

  /**
   * What an integer attribute must be.
   *
   * @param name its name
   * @param index the position in a list; -1 for a single integer
   * @param value what it must be
   */
  public record AttributeTarget(String name, int index, Expression value) {}

  /**
   * What an element of an integer input must be.
   *
   * @param input the input's position
   * @param index the element's position in row-major order
   * @param value what it must be
   */
  public record ElementTarget(int input, int index, Expression value) {}

  /**
   * That a constant input holds positions along axes of the node's data.
   *
   * @param input the input's position
   * @param places the axes of the input as the data have them, without one that holds a column for
   *     each of several axes
   * @param along the axes that the positions count
   */
  public record Positions(int input, List<Layout> places, List<Layout> along) {
    public Positions {
      places = List.copyOf(places);
      along = List.copyOf(along);
    }
  }

  /**
   * That the values of an input, which are data, are positions along an axis of a parameter.
   *
   * @param input the input's position
   * @param table the position of the parameter
   * @param axis the axis of the parameter
   * @param rows what lies along it
   */
  public record Indexed(int input, int table, int axis, Layout rows) {}

  /**
   * An axis that a node normalises over.
   *
   * @param input the input's position
   * @param axis the axis of that input
   */
  public record Normalised(int input, int axis) {}

  /**
   * That channels fall into groups.
   *
   * @param count how many groups there are
   * @param within the positions inside each
   */
  public record Groups(Layout count, Layout within) {}

  /**
   * That the first output is a sum of inputs and of what is made of parameters.
   *
   * @param shift the parameter that is added as it is; -1 where there is none
   * @param inputs the inputs that are not made of parameters; a single one may be scaled
   */
  public record Affine(int shift, List<Integer> inputs) {
    public Affine {
      inputs = List.copyOf(inputs);
    }
  }
}
