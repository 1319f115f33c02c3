package io.espalier.djl.trace.session;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.espalier.djl.trace.values.Literal;
import io.espalier.djl.trace.values.Untraceable;
import io.espalier.djl.trace.values.Value;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes arrays without elements, and constants. All its sub-managers are itself. */
final class SymbolicManager implements InvocationHandler {
  private final Session session;
  private final NDManager proxy;

  SymbolicManager(Session session) {
    this.session = session;
    this.proxy =
        (NDManager)
            Proxy.newProxyInstance(
                SymbolicManager.class.getClassLoader(), new Class<?>[] {NDManager.class}, this);
  }

  NDManager proxy() {
    return proxy;
  }

  @Override
  public @Nullable Object invoke(Object self, Method method, Object @Nullable [] args)
      throws Throwable {
    Object[] given = args == null ? new Object[0] : args;
    return switch (method.getName()) {
      case "newSubManager", "getParentManager" -> proxy;
      case "getDevice", "defaultDevice" -> Device.cpu();
      case "getEngine" -> Engine.getInstance();
      case "getManagedArrays" -> List.of();
      case "getName", "toString" -> "symbolic manager";
      case "hashCode" -> System.identityHashCode(this);
      case "equals" -> given[0] == proxy;
      case "isOpen" -> true;
      case "close",
          "cap",
          "setName",
          "attachInternal",
          "attachUncappedInternal",
          "tempAttachInternal",
          "detachInternal",
          "attachAll",
          "tempAttachAll" ->
          null;
      case "ret" -> given[0];
      case "from" ->
          given[0] instanceof NDArray array
              ? SymbolicArray.of(session, session.value(array))
              : null;
      case "allocateDirect" ->
          ByteBuffer.allocateDirect((Integer) given[0]).order(ByteOrder.nativeOrder());
      default -> array(self, method, given);
    };
  }

  private @Nullable Object array(Object self, Method method, Object... args) throws Throwable {
    Value made = make(method, args);
    if (made != null) {
      return SymbolicArray.of(session, made);
    }
    if (method.isDefault()) {
      return Session.defaultMethod(self, method, args);
    }
    throw new Untraceable(
        "makes an array by NDManager." + method.getName() + ", whose elements are not known");
  }

  private @Nullable Value make(Method method, Object... args) {
    String name = method.getName();
    Shape shape = args.length > 0 && args[0] instanceof Shape given ? given : null;
    if (shape != null && name.equals("full")) {
      return uniform(shape, type(args, args[1] instanceof Integer), number(args[1]));
    } else if (shape != null && List.of("create", "zeros").contains(name)) {
      return uniform(shape, type(args, false), 0);
    } else if (shape != null && name.equals("ones")) {
      return uniform(shape, type(args, false), 1);
    } else if (name.equals("arange") && args.length >= 4) {
      double start = number(args[0]);
      double step = number(args[2]);
      long count = Math.max(0, (long) Math.ceil((number(args[1]) - start) / step));
      return session
          .tape()
          .literal(new Literal.Steps(new Shape(count), (DataType) args[3], start, step));
    } else if (name.equals("linspace") && args[0] instanceof Float && args.length >= 4) {
      long count = ((Number) args[2]).longValue();
      long gaps = Math.max(1, (Boolean) args[3] ? count - 1 : count);
      double step = (number(args[1]) - number(args[0])) / gaps;
      return session
          .tape()
          .literal(new Literal.Steps(new Shape(count), DataType.FLOAT32, number(args[0]), step));
    } else if (name.equals("eye") && args.length >= 4) {
      return eye((Integer) args[0], (Integer) args[1], (Integer) args[2], (DataType) args[3]);
    }
    return null;
  }

  private Value uniform(Shape shape, DataType type, double value) {
    return session.tape().literal(new Literal.Uniform(shape, type, value));
  }

  private Value eye(int rows, int columns, int diagonal, DataType type) {
    double[] values = new double[rows * columns];
    for (int row = 0; row < rows; row++) {
      if (row + diagonal >= 0 && row + diagonal < columns) {
        values[row * columns + row + diagonal] = 1;
      }
    }
    return session.tape().literal(new Literal.Data(new Shape(rows, columns), type, values));
  }

  private static double number(Object value) {
    return ((Number) value).doubleValue();
  }

  private static DataType type(Object[] args, boolean integer) {
    for (Object arg : args) {
      if (arg instanceof DataType type) {
        return type;
      }
    }
    return integer ? DataType.INT32 : DataType.FLOAT32;
  }
}
