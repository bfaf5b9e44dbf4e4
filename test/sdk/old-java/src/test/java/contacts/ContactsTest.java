package contacts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dingtalk.api.DefaultDingTalkClient;
import com.dingtalk.api.request.OapiDepartmentListRequest;
import com.dingtalk.api.request.OapiGettokenRequest;
import com.dingtalk.api.request.OapiUserCountRequest;
import com.dingtalk.api.request.OapiUserGetRequest;
import com.dingtalk.api.request.OapiUserGetbyunionidRequest;
import com.dingtalk.api.request.OapiUserListidRequest;
import com.dingtalk.api.request.OapiUserListsimpleRequest;
import com.dingtalk.api.request.OapiV2DepartmentGetRequest;
import com.dingtalk.api.request.OapiV2DepartmentListparentbyuserRequest;
import com.dingtalk.api.request.OapiV2DepartmentListsubRequest;
import com.dingtalk.api.request.OapiV2UserGetRequest;
import com.dingtalk.api.request.OapiV2UserGetbymobileRequest;
import com.dingtalk.api.request.OapiV2UserListRequest;
import com.taobao.api.ApiException;
import com.taobao.api.TaobaoRequest;
import com.taobao.api.TaobaoResponse;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Looks up users and departments of the demo data with the vendor's SDK for the old host, unchanged. */
class ContactsTest {
  private static final String HOST = "http://" + System.getenv("HUIZHI");
  private static String token;

  private static <T extends TaobaoResponse> T call(String path, TaobaoRequest<T> request) throws ApiException {
    return new DefaultDingTalkClient(HOST + path).execute(request, token);
  }

  @BeforeAll
  static void getToken() throws ApiException {
    var request = new OapiGettokenRequest();
    request.setAppkey("dingappinternal");
    request.setAppsecret("s3cret-internal");
    request.setHttpMethod("GET");
    token = new DefaultDingTalkClient(HOST + "/gettoken").execute(request).getAccessToken();
  }

  @Test
  void getsAUserWithTypedMembers() throws ApiException {
    var request = new OapiV2UserGetRequest();
    request.setUserid("user003");
    var response = call("/topapi/v2/user/get", request);
    assertTrue(response.isSuccess());
    var user = response.getResult();
    assertEquals("13800000003", user.getMobile());
    assertEquals(List.of(101L), user.getDeptIdList());
    assertTrue(user.getLeaderInDept().get(0).getLeader());
    assertTrue(user.getActive());
    assertNull(user.getEmail());

    var byUnionId = new OapiUserGetbyunionidRequest();
    byUnionId.setUnionid(user.getUnionid());
    assertEquals("user003", call("/topapi/user/getbyunionid", byUnionId).getResult().getUserid());
  }

  @Test
  void findsAUserByMobile() throws ApiException {
    var request = new OapiV2UserGetbymobileRequest();
    request.setMobile("13800000003");
    assertEquals("user003", call("/topapi/v2/user/getbymobile", request).getResult().getUserid());
    request.setMobile("13899999999");
    var response = call("/topapi/v2/user/getbymobile", request);
    assertFalse(response.isSuccess());
    assertEquals(60121L, response.getErrcode());
  }

  @Test
  void walksThroughTheMembersOfADepartment() throws ApiException {
    var request = new OapiUserListsimpleRequest();
    request.setDeptId(101L);
    request.setCursor(0L);
    request.setSize(5L);
    var first = call("/topapi/user/listsimple", request).getResult();
    assertTrue(first.getHasMore());
    request.setCursor(first.getNextCursor());
    var last = call("/topapi/user/listsimple", request).getResult();
    assertFalse(last.getHasMore());
    assertNull(last.getNextCursor());
    assertEquals(7, first.getList().size() + last.getList().size());

    var details = new OapiV2UserListRequest();
    details.setDeptId(101L);
    details.setCursor(0L);
    details.setSize(100L);
    assertEquals("user003", call("/topapi/v2/user/list", details).getResult().getList().get(0).getUserid());

    var ids = new OapiUserListidRequest();
    ids.setDeptId(101L);
    assertEquals(7, call("/topapi/user/listid", ids).getResult().getUseridList().size());
  }

  @Test
  void readsTheTreeOfDepartments() throws ApiException {
    var children = call("/topapi/v2/department/listsub", new OapiV2DepartmentListsubRequest()).getResult();
    assertEquals(List.of(100L, 200L, 300L), children.stream().map((one) -> one.getDeptId()).toList());

    var one = new OapiV2DepartmentGetRequest();
    one.setDeptId(101L);
    var department = call("/topapi/v2/department/get", one).getResult();
    assertEquals("后端组", department.getName());
    assertEquals(List.of("user003"), department.getDeptManagerUseridList());

    var parents = new OapiV2DepartmentListparentbyuserRequest();
    parents.setUserid("user003");
    var path = call("/topapi/v2/department/listparentbyuser", parents).getResult().getParentList().get(0);
    assertEquals(List.of(101L, 100L, 1L), path.getParentDeptIdList());

    var count = new OapiUserCountRequest();
    count.setOnlyActive(false);
    assertEquals(30L, call("/topapi/user/count", count).getResult().getCount());
  }

  @Test
  void callsTheOldestForms() throws ApiException {
    var user = new OapiUserGetRequest();
    user.setUserid("user003");
    user.setHttpMethod("GET");
    var response = call("/user/get", user);
    assertEquals(List.of(101L), response.getDepartment());
    assertEquals("{101:true}", response.getIsLeaderInDepts());

    var list = new OapiDepartmentListRequest();
    list.setFetchChild(true);
    list.setHttpMethod("GET");
    assertEquals(5, call("/department/list", list).getDepartment().size());
  }

  @Test
  void getsTheErrorsOfTheServer() throws ApiException {
    var request = new OapiV2DepartmentGetRequest();
    request.setDeptId(999L);
    var unknown = call("/topapi/v2/department/get", request);
    assertFalse(unknown.isSuccess());
    assertEquals(60003L, unknown.getErrcode());

    var client = new DefaultDingTalkClient(HOST + "/topapi/v2/department/get");
    var refused = client.execute(request, "forged");
    assertEquals(88L, refused.getErrcode());
    assertEquals("40014", refused.getSubCode());
  }
}
