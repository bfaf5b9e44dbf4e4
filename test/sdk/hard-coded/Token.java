import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import javax.net.ssl.HttpsURLConnection;

/** Gets a token with both clients of the JDK. */
class Token {
    private static final URI ADDRESS = URI.create("https://api.dingtalk.com/v1.0/oauth2/accessToken");
    private static final String BODY = "{\"appKey\":\"dingappinternal\",\"appSecret\":\"s3cret-internal\"}";

    public static void main(String[] args) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(ADDRESS)
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(BODY))
                .build();
        System.out.println(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body());
        HttpsURLConnection connection = (HttpsURLConnection) ADDRESS.toURL().openConnection();
        connection.setDoOutput(true);
        connection.setRequestProperty("content-type", "application/json");
        connection.getOutputStream().write(BODY.getBytes());
        System.out.println(new String(connection.getInputStream().readAllBytes()));
    }
}
