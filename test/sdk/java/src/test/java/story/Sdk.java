package story;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.aliyun.dingtalkoauth2_1_0.models.GetAccessTokenRequest;
import com.aliyun.dingtalkoauth2_1_0.models.GetCorpAccessTokenRequest;
import com.aliyun.dingtalkoauth2_1_0.models.GetTokenRequest;
import com.aliyun.dingtalkrobot_1_0.models.BatchOTOQueryHeaders;
import com.aliyun.dingtalkrobot_1_0.models.BatchOTOQueryRequest;
import com.aliyun.dingtalkrobot_1_0.models.BatchRecallOTOHeaders;
import com.aliyun.dingtalkrobot_1_0.models.BatchRecallOTORequest;
import com.aliyun.dingtalkrobot_1_0.models.BatchSendOTOHeaders;
import com.aliyun.dingtalkrobot_1_0.models.BatchSendOTORequest;
import com.aliyun.dingtalkrobot_1_0.models.ClearRobotPluginHeaders;
import com.aliyun.dingtalkrobot_1_0.models.ClearRobotPluginRequest;
import com.aliyun.dingtalkrobot_1_0.models.ManageSingleChatRobotStatusHeaders;
import com.aliyun.dingtalkrobot_1_0.models.ManageSingleChatRobotStatusRequest;
import com.aliyun.dingtalkrobot_1_0.models.QueryRobotPluginHeaders;
import com.aliyun.dingtalkrobot_1_0.models.QueryRobotPluginRequest;
import com.aliyun.dingtalkrobot_1_0.models.RobotRecallDingHeaders;
import com.aliyun.dingtalkrobot_1_0.models.RobotRecallDingRequest;
import com.aliyun.dingtalkrobot_1_0.models.RobotSendDingHeaders;
import com.aliyun.dingtalkrobot_1_0.models.RobotSendDingRequest;
import com.aliyun.dingtalkrobot_1_0.models.SetRobotPluginHeaders;
import com.aliyun.dingtalkrobot_1_0.models.SetRobotPluginRequest.SetRobotPluginRequestPluginInfoList;
import com.aliyun.dingtalkrobot_1_0.models.SetRobotPluginRequest;
import com.aliyun.dingtalkrobot_1_0.models.UpdateInstalledRobotHeaders;
import com.aliyun.dingtalkrobot_1_0.models.UpdateInstalledRobotRequest;
import com.aliyun.tea.TeaException;
import com.aliyun.teaopenapi.models.Config;
import com.aliyun.teaopenapi.models.OpenApiRequest;
import com.aliyun.teaopenapi.models.Params;
import com.aliyun.teautil.models.RuntimeOptions;
import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The calls of the story, by the names that expectations.json gives them. */
final class Sdk {
    private static final Gson GSON = new Gson();
    private static final Pattern TOLD = Pattern.compile("code: (\\d+), (.*) request id: (\\S+)", Pattern.DOTALL);

    private final com.aliyun.dingtalkoauth2_1_0.Client oauth;
    private final com.aliyun.dingtalkrobot_1_0.Client robot;

    Sdk(String endpoint) throws Exception {
        var config = new Config().setProtocol("http").setEndpoint(endpoint);
        oauth = new com.aliyun.dingtalkoauth2_1_0.Client(config);
        robot = new com.aliyun.dingtalkrobot_1_0.Client(config);
    }

    /** Answers the response body under its wire names; throws TeaException. */
    JsonObject call(String name, String token, JsonObject fields) throws Exception {
        Map<String, ?> body = switch (name) {
            case "accessToken" -> accessToken(fields);
            case "corpAccessToken" -> corpAccessToken(fields);
            case "corpToken" -> corpToken(fields);
            case "batchSend" -> batchSend(token, fields);
            case "readStatus" -> readStatus(token, fields);
            case "batchRecall" -> batchRecall(token, fields);
            case "dingSend" -> dingSend(token, fields);
            case "dingRecall" -> dingRecall(token, fields);
            case "pluginsSet" -> pluginsSet(token, fields);
            case "pluginsQuery" -> pluginsQuery(token, fields);
            case "pluginsClear" -> pluginsClear(token, fields);
            case "statusManage" -> statusManage(token, fields);
            case "robotInfo" -> robotInfo(token, fields);
            case "unknownPath" -> unknownPath(token);
            default -> throw new IllegalArgumentException(name);
        };
        return GSON.toJsonTree(body).getAsJsonObject();
    }

    private Map<String, ?> accessToken(JsonObject fields) throws Exception {
        var request = new GetAccessTokenRequest()
                .setAppKey(text(fields, "appKey"))
                .setAppSecret(text(fields, "appSecret"));
        return oauth.getAccessToken(request).getBody().toMap();
    }

    private Map<String, ?> corpAccessToken(JsonObject fields) throws Exception {
        var request = new GetCorpAccessTokenRequest()
                .setSuiteKey(text(fields, "suiteKey"))
                .setSuiteSecret(text(fields, "suiteSecret"))
                .setAuthCorpId(text(fields, "authCorpId"))
                .setSuiteTicket(text(fields, "suiteTicket"));
        return oauth.getCorpAccessToken(request).getBody().toMap();
    }

    private Map<String, ?> corpToken(JsonObject fields) throws Exception {
        var request = new GetTokenRequest()
                .setClientId(text(fields, "client_id"))
                .setClientSecret(text(fields, "client_secret"))
                .setGrantType(text(fields, "grant_type"));
        return oauth.getToken(text(fields, "corpId"), request).getBody().toMap();
    }

    private Map<String, ?> batchSend(String token, JsonObject fields) throws Exception {
        var headers = new BatchSendOTOHeaders().setXAcsDingtalkAccessToken(token);
        var request = new BatchSendOTORequest()
                .setRobotCode(text(fields, "robotCode"))
                .setUserIds(texts(fields, "userIds"))
                .setMsgKey(text(fields, "msgKey"))
                .setMsgParam(text(fields, "msgParam"));
        return robot.batchSendOTOWithOptions(request, headers, new RuntimeOptions()).getBody().toMap();
    }

    private Map<String, ?> readStatus(String token, JsonObject fields) throws Exception {
        var headers = new BatchOTOQueryHeaders().setXAcsDingtalkAccessToken(token);
        var request = new BatchOTOQueryRequest()
                .setRobotCode(text(fields, "robotCode"))
                .setProcessQueryKey(text(fields, "processQueryKey"));
        return robot.batchOTOQueryWithOptions(request, headers, new RuntimeOptions()).getBody().toMap();
    }

    private Map<String, ?> batchRecall(String token, JsonObject fields) throws Exception {
        var headers = new BatchRecallOTOHeaders().setXAcsDingtalkAccessToken(token);
        var request = new BatchRecallOTORequest()
                .setRobotCode(text(fields, "robotCode"))
                .setProcessQueryKeys(texts(fields, "processQueryKeys"));
        return robot.batchRecallOTOWithOptions(request, headers, new RuntimeOptions()).getBody().toMap();
    }

    private Map<String, ?> dingSend(String token, JsonObject fields) throws Exception {
        var headers = new RobotSendDingHeaders().setXAcsDingtalkAccessToken(token);
        var request = new RobotSendDingRequest()
                .setRobotCode(text(fields, "robotCode"))
                .setRemindType(number(fields, "remindType"))
                .setReceiverUserIdList(texts(fields, "receiverUserIdList"))
                .setContent(text(fields, "content"));
        return robot.robotSendDingWithOptions(request, headers, new RuntimeOptions()).getBody().toMap();
    }

    private Map<String, ?> dingRecall(String token, JsonObject fields) throws Exception {
        var headers = new RobotRecallDingHeaders().setXAcsDingtalkAccessToken(token);
        var request = new RobotRecallDingRequest()
                .setRobotCode(text(fields, "robotCode"))
                .setOpenDingId(text(fields, "openDingId"));
        return robot.robotRecallDingWithOptions(request, headers, new RuntimeOptions()).getBody().toMap();
    }

    private Map<String, ?> pluginsSet(String token, JsonObject fields) throws Exception {
        var headers = new SetRobotPluginHeaders().setXAcsDingtalkAccessToken(token);
        var plugins = fields.getAsJsonArray("pluginInfoList").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .map(plugin -> new SetRobotPluginRequestPluginInfoList()
                        .setIcon(text(plugin, "icon"))
                        .setName(text(plugin, "name"))
                        .setMobileUrl(text(plugin, "mobileUrl"))
                        .setPcUrl(text(plugin, "pcUrl")))
                .toList();
        var request = new SetRobotPluginRequest()
                .setRobotCode(text(fields, "robotCode"))
                .setPluginInfoList(plugins);
        return robot.setRobotPluginWithOptions(request, headers, new RuntimeOptions()).getBody().toMap();
    }

    private Map<String, ?> pluginsQuery(String token, JsonObject fields) throws Exception {
        var headers = new QueryRobotPluginHeaders().setXAcsDingtalkAccessToken(token);
        var request = new QueryRobotPluginRequest()
                .setRobotCode(text(fields, "robotCode"));
        return robot.queryRobotPluginWithOptions(request, headers, new RuntimeOptions()).getBody().toMap();
    }

    private Map<String, ?> pluginsClear(String token, JsonObject fields) throws Exception {
        var headers = new ClearRobotPluginHeaders().setXAcsDingtalkAccessToken(token);
        var request = new ClearRobotPluginRequest()
                .setRobotCode(text(fields, "robotCode"));
        return robot.clearRobotPluginWithOptions(request, headers, new RuntimeOptions()).getBody().toMap();
    }

    private Map<String, ?> statusManage(String token, JsonObject fields) throws Exception {
        var headers = new ManageSingleChatRobotStatusHeaders().setXAcsDingtalkAccessToken(token);
        var request = new ManageSingleChatRobotStatusRequest()
                .setRobotCode(text(fields, "robotCode"))
                .setStatus(text(fields, "status"));
        return robot.manageSingleChatRobotStatusWithOptions(request, headers, new RuntimeOptions()).getBody().toMap();
    }

    private Map<String, ?> robotInfo(String token, JsonObject fields) throws Exception {
        var headers = new UpdateInstalledRobotHeaders().setXAcsDingtalkAccessToken(token);
        var request = new UpdateInstalledRobotRequest()
                .setRobotCode(text(fields, "robotCode"))
                .setUpdateType(number(fields, "updateType"))
                .setName(text(fields, "name"))
                .setBrief(text(fields, "brief"));
        return robot.updateInstalledRobotWithOptions(request, headers, new RuntimeOptions()).getBody().toMap();
    }

    private Map<String, ?> unknownPath(String token) throws Exception {
        var params = new Params()
                .setAction("Nowhere")
                .setVersion("robot_1.0")
                .setProtocol("HTTP")
                .setPathname("/v1.0/robot/nowhere")
                .setMethod("GET")
                .setAuthType("AK")
                .setStyle("ROA")
                .setReqBodyType("none")
                .setBodyType("json");
        var request = new OpenApiRequest().setHeaders(Map.of("x-acs-dingtalk-access-token", token));
        return robot.execute(params, request, new RuntimeOptions());
    }

    /** What the typed exception tells; fails when its parts contradict one another. */
    static JsonObject failure(TeaException error) {
        var told = TOLD.matcher(error.getMessage());
        assertTrue(told.matches(), error.getMessage());
        assertEquals(error.getStatusCode(), Integer.valueOf(told.group(1)));
        assertEquals(error.getData().get("requestid"), told.group(3));
        var failure = new JsonObject();
        failure.addProperty("status", error.getStatusCode());
        failure.addProperty("code", error.getCode());
        failure.addProperty("message", told.group(2));
        failure.addProperty("requestId", told.group(3));
        failure.add("accessDeniedDetail", GSON.toJsonTree(error.getAccessDeniedDetail()));
        return failure;
    }

    private static String text(JsonObject fields, String name) {
        return fields.has(name) ? fields.get(name).getAsString() : null;
    }

    private static Integer number(JsonObject fields, String name) {
        return fields.has(name) ? fields.get(name).getAsInt() : null;
    }

    private static List<String> texts(JsonObject fields, String name) {
        return fields.getAsJsonArray(name).asList().stream().map(JsonElement::getAsString).toList();
    }
}
