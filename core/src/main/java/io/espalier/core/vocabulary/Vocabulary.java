package io.espalier.core.vocabulary;

import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.Samples;
import io.espalier.core.data.TokenMask;
import io.espalier.core.moments.DataModel;
import io.espalier.spi.EspalierException;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.NodeFacts;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The vocabulary of a network: the rows of the table that has most of those which ids pick from,
 * and of others with as many. Those rows stay that the data read most often; of those that they
 * read as often, the first.
 */
public final class Vocabulary {
  private final SearchSpace space;
  private final Graph graph;
  private final int size;
  private final List<Table> tables = new ArrayList<>();
  private final long[] reads;
  private boolean counted;

  /**
   * A node that picks rows.
   *
   * @param ids the name of the tensor that holds their positions
   * @param rows the choice how many stay
   */
  private record Table(String ids, Hparam rows) {}

  private Vocabulary(SearchSpace space, SymMap map) {
    this.space = space;
    this.graph = map.graph();
    this.size = Math.toIntExact(most(map));
    this.reads = new long[size];
    for (GraphNode node : graph.nodes()) {
      for (NodeFacts.Indexed indexed : map.facts(node.index()).indexed()) {
        if (indexed.rows().extent() == size) {
          tables.add(table(node, indexed));
        }
      }
    }
  }

  /**
   * The vocabulary of a space.
   *
   * @throws EspalierException if no rows are picked by ids, or such as must stay
   */
  public static Vocabulary of(SearchSpace space) {
    SymMap map =
        space
            .map()
            .orElseThrow(
                () -> new EspalierException("the space was restored without a symbolic map"));
    return new Vocabulary(space, map);
  }

  private long most(SymMap map) {
    long most = 0;
    for (GraphNode node : graph.nodes()) {
      for (NodeFacts.Indexed indexed : map.facts(node.index()).indexed()) {
        most = Math.max(most, indexed.rows().extent());
      }
    }
    if (most == 0) {
      throw new EspalierException(
          space.model().description()
              + " has no vocabulary: there is no table from which ids pick rows that it is given");
    }
    return most;
  }

  private Table table(GraphNode node, NodeFacts.Indexed indexed) {
    if (!(indexed.rows() instanceof Layout.Symbol symbol)) {
      String reason =
          indexed.rows() instanceof Layout.Fixed fixed
              ? fixed.reason().text() + ", at " + fixed.reason().op() + " " + fixed.reason().node()
              : "they are parts of other axes";
      throw new EspalierException(
          "the vocabulary of "
              + space.model().description()
              + ", "
              + number(size)
              + " rows that "
              + node.label()
              + " reads, must stay: "
              + reason);
    }
    String ids = graph.tensor(node.inputs().get(indexed.input())).name();
    return space
        .hparam(symbol)
        .map(rows -> new Table(ids, rows))
        .orElseThrow(
            () ->
                new EspalierException(
                    "no layer names the rows that " + node.label() + " reads, and they stay"));
  }

  /** How many rows there are. */
  public int size() {
    return size;
  }

  /**
   * Counts how often data read each row; what only fills up does not count.
   *
   * @param samples which of the data, ascending
   * @throws EspalierException if they have ids that the vocabulary does not
   */
  public void count(Samples data, int[] samples) {
    if (!(space.model() instanceof DataModel model)) {
      throw new EspalierException(
          space.model().description()
              + " cannot be run on data by its backend; cut its vocabulary without data");
    }
    Set<String> tensors = new LinkedHashSet<>();
    tables.forEach(table -> tensors.add(table.ids()));
    model.follow(
        tensors,
        data,
        samples,
        (batch, values) -> {
          TokenMask mask = TokenMask.of(batch);
          tensors.forEach(name -> count(Objects.requireNonNull(values.get(name)), mask));
        });
    counted = true;
  }

  private void count(DataArray ids, TokenMask mask) {
    boolean[] real = mask.realElements(ids);
    for (int i = 0; i < real.length; i++) {
      long id = (long) ids.number(i);
      long row = id < 0 ? id + size : id;
      if (row < 0 || row >= size) {
        throw new EspalierException(
            "the data have the id " + id + ", and the vocabulary " + number(size) + " rows");
      }
      reads[(int) row] += real[i] ? 1 : 0;
    }
  }

  /**
   * Cuts it: from now on the space has so many rows, and no search turns them.
   *
   * @param rows how many stay
   * @param keep ids whose rows stay however seldom they are read
   * @throws EspalierException if there are not so many, or fewer than are to stay
   */
  public void cut(int rows, Collection<Integer> keep) {
    if (rows < 1 || rows > size) {
      throw new EspalierException(
          "the vocabulary has "
              + number(size)
              + " rows, and cannot have "
              + number(rows)
              + "; ask for 1 to "
              + number(size));
    }
    Set<Integer> kept = new TreeSet<>(keep);
    for (int id : kept) {
      if (id < 0 || id >= size) {
        throw new EspalierException(
            "the row of id "
                + id
                + " is to stay, and the vocabulary has "
                + number(size)
                + " rows");
      }
    }
    if (kept.size() > rows) {
      throw new EspalierException(
          number(kept.size())
              + " rows are to stay, and the vocabulary is to have "
              + number(rows)
              + "; ask for more, or keep fewer");
    }
    int[] order =
        IntStream.range(0, size)
            .boxed()
            .sorted(
                Comparator.comparing((Integer id) -> !kept.contains(id))
                    .thenComparing(id -> -reads[id]))
            .mapToInt(Integer::intValue)
            .toArray();
    for (Table table : tables) {
      table.rows().setOrder(order);
      table.rows().hold(rows);
    }
  }

  /**
   * What part of the tokens that were counted keeps its row, with so many rows.
   *
   * @param rows how many stay, as they were cut
   * @return 1 where none were counted
   */
  public double covered(int rows) {
    long all = 0;
    long covered = 0;
    int[] order = tables.get(0).rows().order();
    for (int i = 0; i < size; i++) {
      all += reads[order[i]];
      covered += i < rows ? reads[order[i]] : 0;
    }
    return all == 0 ? 1 : (double) covered / all;
  }

  /** Whether data told which rows are read. */
  public boolean isCounted() {
    return counted;
  }

  private static String number(int value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
