package story;

import com.aliyun.tea.TeaException;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sample.ReadStatus;

/** One case of expectations.json: its steps in order, and the values that they save for later ones. */
final class Story {
    static final JsonObject TABLE = table();

    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static final Pattern NAME = Pattern.compile("\\$\\{(\\w+)\\}");

    private final String endpoint;
    private final Sdk sdk;
    private final Operate operate;
    private final JsonObject values = TABLE.getAsJsonObject("values").deepCopy();

    Story(String endpoint) throws Exception {
        this.endpoint = endpoint;
        this.sdk = new Sdk(endpoint);
        this.operate = new Operate(endpoint);
    }

    /** Returns whether a case runs with an SDK, such as Java 2.2.43. */
    static boolean isFor(JsonObject theCase, String sdk) {
        return !theCase.has("only") || theCase.getAsJsonArray("only").asList().stream()
                .map(JsonElement::getAsString)
                .anyMatch(each -> sdk.equals(each) || sdk.startsWith(each + " "));
    }

    void play(JsonObject theCase) throws Exception {
        var steps = TABLE.getAsJsonArray("before").deepCopy();
        steps.addAll(theCase.getAsJsonArray("steps"));
        for (var step : steps) {
            untilMet(step.isJsonPrimitive()
                    ? TABLE.getAsJsonObject("fragments").getAsJsonObject(step.getAsString())
                    : step.getAsJsonObject());
        }
    }

    private void untilMet(JsonObject step) throws Exception {
        var tries = step.has("repeat") ? step.get("repeat").getAsInt() : 1;
        for (var left = tries - 1; ; left--) {
            try {
                attempt(step);
                return;
            } catch (AssertionError error) {
                if (left == 0) {
                    throw error;
                }
            }
        }
    }

    private void attempt(JsonObject step) throws Exception {
        var outcome = outcome(step);
        Expect.that(outcome, fill(expected(step)));
        if (step.has("save")) {
            step.getAsJsonObject("save").asMap().forEach((name, path) ->
                    values.add(name, reach(outcome.get("answers"), path.getAsString())));
        }
    }

    private static JsonObject expected(JsonObject step) {
        var expected = new JsonObject();
        if (step.has("fails")) {
            var fails = step.getAsJsonObject("fails").deepCopy();
            TABLE.getAsJsonObject("everyFailure").asMap().forEach(fails::add);
            expected.add("fails", fails);
        } else {
            expected.add("answers", step.has("answers") ? step.get("answers") : new JsonObject());
        }
        return expected;
    }

    private JsonObject outcome(JsonObject step) throws Exception {
        var outcome = new JsonObject();
        try {
            outcome.add("answers", answer(step));
        } catch (TeaException error) {
            outcome.add("fails", Sdk.failure(error));
        }
        return outcome;
    }

    private JsonElement answer(JsonObject step) throws Exception {
        var fields = step.has("with") ? fill(step.get("with")).getAsJsonObject() : new JsonObject();
        if (step.has("http")) {
            return http(step, fields, textOf(step, "bearer"));
        }
        if (step.has("sample")) {
            return printed(fill(step.get("sample")).getAsJsonArray());
        }
        if (step.has("operation")) {
            var path = step.has("path") ? fill(step.get("path")).getAsJsonArray() : new JsonArray();
            var values = path.asList().stream().map(JsonElement::getAsString).toList();
            return operate.call(step.get("operation").getAsString(), textOf(step, "token"), values, fields);
        }
        return sdk.call(step.get("call").getAsString(), textOf(step, "token"), fields);
    }

    private JsonElement http(JsonObject step, JsonObject fields, String bearer) throws Exception {
        var what = fill(step.get("http")).getAsString();
        var form = step.has("form") ? step.get("form").getAsString() : null;
        var method = what.split(" ")[0];
        var request = HttpRequest.newBuilder(URI.create("http://" + endpoint + what.split(" ")[1]));
        if (bearer != null) {
            request.header("authorization", "Bearer " + bearer);
        }
        if (method.equals("GET")) {
            request.GET();
        } else {
            request.header("content-type", form == null ? "application/json" : "multipart/form-data; boundary=part");
            request.method(method, BodyPublishers.ofString(form == null ? fields.toString() : form));
        }
        var answer = HTTP.send(request.build(), BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new IllegalStateException(what + ": " + answer.statusCode() + " " + answer.body());
        }
        return answer.body().isEmpty() ? new JsonObject() : JsonParser.parseString(answer.body());
    }

    /** What the program of the how-to page prints. */
    private static JsonObject printed(JsonArray arguments) throws Exception {
        var output = new ByteArrayOutputStream();
        var before = System.out;
        System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
        try {
            ReadStatus.main(arguments.asList().stream().map(JsonElement::getAsString).toArray(String[]::new));
        } finally {
            System.setOut(before);
        }
        var printed = new JsonObject();
        printed.addProperty("printed", output.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n"));
        return printed;
    }

    private String textOf(JsonObject step, String name) {
        return step.has(name) ? fill(step.get(name)).getAsString() : null;
    }

    /** Puts saved values in the place of their $names. */
    private JsonElement fill(JsonElement value) {
        if (value instanceof JsonPrimitive text && text.isString()) {
            return filled(text);
        }
        if (value instanceof JsonArray list) {
            var filled = new JsonArray();
            list.forEach(each -> filled.add(fill(each)));
            return filled;
        }
        if (value instanceof JsonObject object) {
            var filled = new JsonObject();
            object.asMap().forEach((key, each) -> filled.add(fill(new JsonPrimitive(key)).getAsString(), fill(each)));
            return filled;
        }
        return value;
    }

    /** A text that is a name alone gets the value of any type; `${name}` within a text is replaced by a text. */
    private JsonElement filled(JsonPrimitive text) {
        var name = text.getAsString();
        if (name.startsWith("$") && values.has(name.substring(1))) {
            return values.get(name.substring(1));
        }
        var filled = NAME.matcher(name).replaceAll(found -> Matcher.quoteReplacement(
                values.has(found.group(1)) ? values.get(found.group(1)).getAsString() : found.group()));
        return new JsonPrimitive(filled);
    }

    private static JsonElement reach(JsonElement value, String path) {
        for (var step : path.split("\\.")) {
            value = value.isJsonArray()
                    ? value.getAsJsonArray().get(Integer.parseInt(step))
                    : value.getAsJsonObject().get(step);
        }
        return value == null ? JsonNull.INSTANCE : value;
    }

    private static JsonObject table() {
        try {
            return JsonParser.parseString(Files.readString(Path.of("../expectations.json"))).getAsJsonObject();
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
