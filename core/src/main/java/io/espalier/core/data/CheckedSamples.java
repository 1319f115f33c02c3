package io.espalier.core.data;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Data of any source, of which every batch is what the network's inputs are. */
final class CheckedSamples implements Samples {
  private final DataSource source;
  private final Samples samples;
  private final DataRequest request;
  private final int count;

  CheckedSamples(DataSource source, Samples samples, DataRequest request) {
    this.source = source;
    this.samples = samples;
    this.request = request;
    this.count = samples.count();
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public String describe(int sample) {
    return DataSources.ask(source, request.location(), () -> samples.describe(sample));
  }

  @Override
  public List<ScoredPair> pairs() {
    List<ScoredPair> pairs = DataSources.ask(source, request.location(), samples::pairs);
    for (ScoredPair pair : pairs) {
      if (pair.first() >= count || pair.second() >= count) {
        throw wrong("it gave " + pair + " of " + count + " samples");
      }
    }
    return List.copyOf(pairs);
  }

  @Override
  public List<Integer> keptIds() {
    return List.copyOf(DataSources.ask(source, request.location(), samples::keptIds));
  }

  @Override
  public Batches read(int[] wanted, int size) {
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i] < 0 || wanted[i] >= count || (i > 0 && wanted[i] <= wanted[i - 1])) {
        throw new IllegalArgumentException(
            "samples are read in ascending order, from 0 to below " + count);
      }
    }
    if (size < 1) {
      throw new IllegalArgumentException("a batch cannot hold " + size + " samples");
    }
    int[] copy = wanted.clone();
    Batches batches =
        DataSources.ask(source, request.location(), () -> samples.read(copy.clone(), size));
    return new CheckedBatches(batches, copy, size);
  }

  private final class CheckedBatches implements Batches {
    private final Batches batches;
    private final Set<Integer> missing = new HashSet<>();
    private final int size;

    CheckedBatches(Batches batches, int[] wanted, int size) {
      this.batches = batches;
      this.size = size;
      Arrays.stream(wanted).forEach(missing::add);
    }

    @Override
    public Optional<Batch> next() {
      Optional<Batch> next = DataSources.ask(source, request.location(), batches::next);
      next.ifPresent(this::check);
      if (next.isEmpty() && !missing.isEmpty()) {
        throw wrong("it gave no " + describe(missing.iterator().next()));
      }
      return next;
    }

    private void check(Batch batch) {
      if (batch.size() < 1 || batch.size() > size) {
        throw wrong("it gave a batch of " + batch.size() + " samples where " + size + " were due");
      }
      for (int sample : batch.samples()) {
        if (!missing.remove(sample)) {
          throw wrong("it gave " + sample + " as a sample, which was not due");
        }
      }
      List<String> names = request.inputs().stream().map(InputSpec::name).sorted().toList();
      List<String> found = batch.arrays().keySet().stream().sorted().toList();
      if (!names.equals(found)) {
        throw wrong("it gave arrays named " + found + " where the inputs are " + names);
      }
      for (InputSpec input : request.inputs()) {
        check(batch, input, batch.array(input.name()));
      }
    }

    private void check(Batch batch, InputSpec input, DataArray array) {
      long[] shape = array.shape();
      boolean fits = array.type() == input.type() && shape.length == input.shape().size();
      for (int axis = 0; fits && axis < shape.length; axis++) {
        long due = axis == 0 ? batch.size() : input.shape().get(axis);
        fits = due < 0 ? shape[axis] > 0 : shape[axis] == due;
      }
      if (!fits) {
        throw wrong("it gave " + array + " for input " + input);
      }
      int length = array.size() / batch.size();
      for (int i = 0; i < array.size(); i++) {
        String due = due(input, array.number(i));
        if (!due.isEmpty()) {
          throw new DataException(
              request.location()
                  + ", "
                  + describe(batch.samples()[i / length])
                  + (request.inputs().size() == 1 ? "" : ", input '" + input.name() + "'")
                  + ", element "
                  + position(array.shape(), i % length)
                  + " is "
                  + number(array, i)
                  + ", and every element must be "
                  + due);
        }
      }
    }

    /** What an element should be that is something else; empty if it is right. */
    private static String due(InputSpec input, double element) {
      if (!Double.isFinite(element)) {
        return "a finite number";
      }
      return input.plausible() instanceof Draw.Ids ids && !ids.holds(element)
          ? "an id from 0 to " + (ids.rows() - 1) + ", the rows of the table that the model reads"
          : "";
    }

    @Override
    public void close() {
      batches.close();
    }
  }

  private RuntimeException wrong(String what) {
    return new DataException(
        request.location()
            + " cannot be used: "
            + what
            + "; report this to the author of "
            + source.getClass().getName());
  }

  private static String number(DataArray array, int index) {
    return array.isFloating()
        ? String.valueOf(array.number(index))
        : String.valueOf(array.longs().get(index));
  }

  /** {@code [0, 3, 5]}: an element of a sample, the shape having the sample's axis in front. */
  private static String position(long[] shape, int index) {
    long[] at = new long[shape.length - 1];
    long rest = index;
    for (int axis = shape.length - 1; axis > 0; axis--) {
      at[axis - 1] = rest % shape[axis];
      rest /= shape[axis];
    }
    return Arrays.stream(at).mapToObj(Long::toString).collect(Collectors.joining(", ", "[", "]"));
  }
}
