/** The texts of the page of one user. */
export const personEn = {
  back: 'All users',
  edit: 'Edit user',
  unionId: 'unionId',
  mobile: 'Mobile',
  mobileHint: 'Digits, with another country code in front: +852-51234567. Unique in the organization.',
  email: 'Email',
  jobNumber: 'Job number',
  title: 'Title',
  departments: 'Departments',
  departmentsHint: 'A user without a department belongs to the root department.',
  addTo: 'Add to a department',
  messages: 'Messages of this user',
  export: 'Export CSV',
  contact: 'Contact',
};

export const personZh: typeof personEn = {
  back: '全部用户',
  edit: '编辑用户',
  unionId: 'unionId',
  mobile: '手机号',
  mobileHint: '只填数字；其他国家和地区的号码须带区号，如 +852-51234567。组织内不可重复。',
  email: '邮箱',
  jobNumber: '工号',
  title: '职位',
  departments: '所属部门',
  departmentsHint: '不属于任何部门的用户归入根部门。',
  addTo: '添加到部门',
  messages: '该用户收到的消息',
  export: '导出 CSV',
  contact: '联系方式',
};
