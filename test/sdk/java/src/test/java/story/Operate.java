package story;

import com.aliyun.tea.TeaModel;
import com.aliyun.teaopenapi.models.Config;
import com.aliyun.teautil.models.RuntimeOptions;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.ToNumberPolicy;
import com.google.gson.GsonBuilder;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The operations of the SDK by the names that it has for them, such as robot_1_0.OrgGroupSend. */
final class Operate {
    private static final Gson GSON =
            new GsonBuilder().setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE).create();

    private final Config config;

    Operate(String endpoint) {
        config = new Config().setProtocol("http").setEndpoint(endpoint);
    }

    /**
     * Makes a call with the typed request and headers of its operation. Returns the response body with its wire names;
     * throws TeaException. `path` has the parameters in the path.
     */
    JsonObject call(String operation, String token, List<String> path, JsonObject fields) throws Exception {
        var name = operation.split("\\.")[1];
        var type = Class.forName("com.aliyun.dingtalk" + operation.split("\\.")[0] + ".Client");
        var client = type.getConstructor(Config.class).newInstance(config);
        var method = Arrays.stream(type.getMethods())
                .filter(each -> each.getName().equalsIgnoreCase(name + "WithOptions"))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("The SDK has no operation " + operation));
        var response = invoke(client, method, arguments(method, token, path, fields));
        var body = (TeaModel) response.getClass().getMethod("getBody").invoke(response);
        return GSON.toJsonTree(body.toMap()).getAsJsonObject();
    }

    private static Object[] arguments(Method method, String token, List<String> path, JsonObject fields)
            throws Exception {
        var arguments = new ArrayList<Object>(path);
        for (var type : Arrays.asList(method.getParameterTypes()).subList(path.size(), method.getParameterCount())) {
            var argument = type.getConstructor().newInstance();
            if (type.getSimpleName().endsWith("Headers")) {
                type.getMethod("setXAcsDingtalkAccessToken", String.class).invoke(argument, token);
            } else if (type != RuntimeOptions.class) {
                TeaModel.toModel(GSON.<Map<String, ?>>fromJson(fields, Map.class), (TeaModel) argument);
            }
            arguments.add(argument);
        }
        return arguments.toArray();
    }

    private static Object invoke(Object client, Method method, Object[] arguments) throws Exception {
        try {
            return method.invoke(client, arguments);
        } catch (InvocationTargetException error) {
            throw error.getCause() instanceof Exception cause ? cause : error;
        }
    }
}
